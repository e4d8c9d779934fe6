"""A graph as SVG: rows from the top down, boxes in a row where their neighbours are, arrows between."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape

from archlint.report.graph import RED, label_of
from archlint.service.diagrams import Arrow, Graph, Node

GREY = "#607d8b"
FILL = "#eceff1"
HEIGHT, GAP, ROW, MARGIN, TITLE = 44, 24, 110, 20, 30
LETTER = 7.2
"""The width that a letter of 12 pixels has at most, on average."""

WIDEST = 1600
"""A row that would be wider goes on below."""

_SWEEPS = 4


@dataclass(frozen=True, slots=True)
class _Box:
    node: Node
    x: float
    y: float
    width: float

    @property
    def middle(self) -> float:
        return self.x + self.width / 2


def svg(graph: Graph) -> str:
    """The picture."""
    boxes = _laid_out(graph)
    right = max((box.x + box.width for box in boxes.values()), default=0) + MARGIN + 60
    bottom = max((box.y + HEIGHT for box in boxes.values()), default=TITLE) + MARGIN
    drawn = [a for a in graph.arrows if a.source in boxes and a.target in boxes]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {right:.0f} {bottom:.0f}" '
        f'width="{right:.0f}" height="{bottom:.0f}" font-family="sans-serif" font-size="12">',
        f"<title>{escape(graph.title)}</title>",
        f"<defs>{_head('grey', GREY)}{_head('red', RED)}</defs>",
        '<rect width="100%" height="100%" fill="white"/>',
        f'<text x="{MARGIN}" y="{TITLE - 8}" font-weight="bold">{escape(graph.title)}</text>',
        # Red lies on top.
        *(_arrow(a, boxes) for a in sorted(drawn, key=lambda arrow: arrow.forbidden > 0)),
        *(_box(box) for box in boxes.values()),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _laid_out(graph: Graph) -> dict[str, _Box]:
    rows = [row for rank in _ordered(graph) for row in _wrapped(rank)]
    widths = [sum(_width(node) + GAP for node in row) for row in rows]
    boxes: dict[str, _Box] = {}
    for number, (row, width) in enumerate(zip(rows, widths, strict=True)):
        x = MARGIN + (max(widths) - width) / 2
        for node in row:
            boxes[node.name] = _Box(node, x, MARGIN + TITLE + number * ROW, _width(node))
            x += _width(node) + GAP
    return boxes


def _ordered(graph: Graph) -> list[list[Node]]:
    """The nodes by rank, each rank ordered by the middle of its neighbours (Sugiyama's barycentres)."""
    by_rank: dict[int, list[Node]] = defaultdict(list)
    for node in graph.nodes:
        by_rank[node.rank].append(node)
    rows = [by_rank[rank] for rank in sorted(by_rank)]
    neighbours: dict[str, list[str]] = defaultdict(list)
    for arrow in graph.arrows:
        neighbours[arrow.source].append(arrow.target)
        neighbours[arrow.target].append(arrow.source)
    place = _places(rows)
    for _ in range(_SWEEPS):
        for row in rows:
            row.sort(
                key=lambda node: (_mean([place[n] for n in neighbours[node.name] if n in place]), node.name)
            )
        place = _places(rows)
    return rows


def _places(rows: list[list[Node]]) -> dict[str, float]:
    """Where in its row each node stands, from 0 to 1."""
    return {node.name: (index + 0.5) / len(row) for row in rows for index, node in enumerate(row)}


def _mean(values: list[float]) -> float:
    return sum(values) / len(values) if values else 0.5


def _wrapped(row: list[Node]) -> Iterator[list[Node]]:
    current: list[Node] = []
    for node in row:
        if current and sum(_width(one) + GAP for one in [*current, node]) > WIDEST:
            yield current
            current = []
        current.append(node)
    yield current


def _width(node: Node) -> float:
    return max(80.0, LETTER * max(len(node.name), len(node.note)) + 20)


def _box(box: _Box) -> str:
    name, note = escape(box.node.name), escape(box.node.note)
    lines = [f'<tspan x="{box.middle:.1f}" font-weight="bold">{name}</tspan>']
    lines += [f'<tspan x="{box.middle:.1f}" dy="15" fill="#546e7a">{note}</tspan>'] if note else []
    return (
        f'<rect x="{box.x:.1f}" y="{box.y:.1f}" width="{box.width:.1f}" height="{HEIGHT}" rx="5" '
        f'fill="{FILL}" stroke="{GREY}"/>'
        f'<text y="{box.y + (19 if note else 27):.1f}" text-anchor="middle">{"".join(lines)}</text>'
    )


def _arrow(arrow: Arrow, boxes: dict[str, _Box]) -> str:
    """A curve: downwards from below to above, upwards and within a row around the right-hand side."""
    source, target = boxes[arrow.source], boxes[arrow.target]
    if target.y > source.y:
        start, end = (source.middle, source.y + HEIGHT), (target.middle, target.y - 2)
        bend = (end[1] - start[1]) / 2
        first, second = (start[0], start[1] + bend), (end[0], end[1] - bend)
    else:
        start = (source.x + source.width, source.y + HEIGHT / 2)
        end = (target.x + target.width + 2, target.y + HEIGHT / 2)
        far = max(start[0], end[0]) + 50
        first, second = (far, start[1] + (30 if target is source else 0)), (far, end[1])
    colour, head = (RED, "red") if arrow.forbidden else (GREY, "grey")
    middle = [(a + 3 * b + 3 * c + d) / 8 for a, b, c, d in zip(start, first, second, end, strict=True)]
    path = f"M{_at(start)} C{_at(first)} {_at(second)} {_at(end)}"
    stroke = 2 if arrow.forbidden else 1
    return (
        f'<path d="{path}" fill="none" stroke="{colour}" stroke-width="{stroke}" marker-end="url(#{head})"/>'
        f'<text x="{middle[0] + 4:.1f}" y="{middle[1]:.1f}" fill="{colour}">{label_of(arrow)}</text>'
    )


def _at(point: tuple[float, float]) -> str:
    return f"{point[0]:.1f},{point[1]:.1f}"


def _head(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto"><path d="M0,0 L8,4 L0,8 z" fill="{colour}"/></marker>'
    )
