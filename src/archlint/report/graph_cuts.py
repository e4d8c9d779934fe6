"""A big picture made small: modules folded into packages, or only what lies around a name."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from fnmatch import fnmatchcase

from archlint.findings import Location
from archlint.service.diagrams import Arrow, Box, Diagram


def folded(graph: Diagram, depth: int) -> Diagram:
    """The graph with what has the same first `depth` parts of a dotted name as one box."""
    box_of = {node.name: _package(node.name, depth) for node in graph.nodes}
    members: dict[str, list[Box]] = defaultdict(list)
    for node in graph.nodes:
        members[box_of[node.name]].append(node)
    nodes = [_box(name, inside) for name, inside in members.items()]
    arrows = _between(
        (box_of[arrow.source], box_of[arrow.target], arrow)
        for arrow in graph.arrows
        if arrow.source in box_of and arrow.target in box_of
    )
    return Diagram(graph.title, tuple(nodes), tuple(arrows))


def focused(graph: Diagram, pattern: str) -> Diagram:
    """What matches the pattern (`*`, `?`), and what an arrow joins to it; no arrow that joins two others."""
    around = {node.name for node in graph.nodes if matches(node.name, pattern)}
    arrows = tuple(arrow for arrow in graph.arrows if {arrow.source, arrow.target} & around)
    kept = around | {end for arrow in arrows for end in (arrow.source, arrow.target)}
    return Diagram(graph.title, tuple(node for node in graph.nodes if node.name in kept), arrows)


def matches(name: str, pattern: str) -> bool:
    """Whether a name is what the pattern says, or lies below it."""
    return (
        fnmatchcase(name, pattern) or fnmatchcase(name, f"{pattern}.*") or fnmatchcase(name, f"{pattern}:*")
    )


def _package(name: str, depth: int) -> str:
    return ".".join(name.split(".")[:depth])


def _box(name: str, inside: list[Box]) -> Box:
    if len(inside) == 1 and inside[0].name == name:
        return inside[0]
    groups = Counter(node.group for node in inside)
    group = max(groups, key=lambda one: (groups[one], one))
    note = f"{len(inside)} module{'' if len(inside) == 1 else 's'}"
    return Box(name, group, min(node.rank for node in inside if node.group == group), note)


def _between(arrows: Iterable[tuple[str, str, Arrow]]) -> Iterator[Arrow]:
    """One arrow for each pair of different boxes."""
    pairs: dict[tuple[str, str], list[Arrow]] = defaultdict(list)
    for source, target, arrow in arrows:
        if source != target:
            pairs[source, target].append(arrow)
    for (source, target), joined in sorted(pairs.items()):
        places: set[Location] = {place for arrow in joined for place in arrow.places}
        count, forbidden = (sum(one) for one in zip(*((a.count, a.forbidden) for a in joined), strict=True))
        yield Arrow(source, target, count, forbidden, tuple(sorted(places)))
