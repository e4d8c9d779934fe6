"""A graph as Mermaid, as DOT, or as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import groupby

from msgspec import to_builtins

from archlint.service.diagrams import Arrow, Box, Diagram

RED, GREY = "#c62828", "#607d8b"
FONT = "Courier"
"""As wide as the fonts that a viewer has for it, so that no name leaves its box."""


def mermaid(graph: Diagram) -> str:
    """A flowchart, as GitHub and the documentation's tools draw it."""
    return "\n".join(_mermaid(graph)) + "\n"


def dot(graph: Diagram) -> str:
    """A digraph for Graphviz."""
    return "\n".join(_dot(graph)) + "\n"


def as_json(graph: Diagram) -> str:
    """The graph's records."""
    return json.dumps(to_builtins(graph), indent=2) + "\n"


def label_of(arrow: Arrow) -> str:
    """What an arrow says: how often, and how often against the rules."""
    if not arrow.forbidden:
        return str(arrow.count) if arrow.count > 1 else ""
    if arrow.forbidden == arrow.count:
        return f"{arrow.count} forbidden" if arrow.count > 1 else "forbidden"
    return f"{arrow.count}, {arrow.forbidden} forbidden"


def _mermaid(graph: Diagram) -> Iterator[str]:
    ids = _ids(graph)
    yield "---"
    yield f"title: {json.dumps(graph.title)}"
    yield "---"
    yield "flowchart TD"
    for group, nodes in groupby(sorted(graph.nodes, key=_group), _group):
        members = list(nodes)
        boxed = len(members) > 1 or members[0].name != group
        if boxed:
            yield f'    subgraph g{ids[members[0].name]}["{_entities(group)}"]'
        for node in members:
            yield f'    {"    " if boxed else ""}{ids[node.name]}["{_entities(node.name)}{_noted(node)}"]'
        if boxed:
            yield "    end"
    red: list[str] = []
    drawn = [arrow for arrow in graph.arrows if {arrow.source, arrow.target} <= ids.keys()]
    for number, arrow in enumerate(drawn):
        label = label_of(arrow)
        text = f'|"{label}"|' if label else ""
        yield f"    {ids[arrow.source]} -->{text} {ids[arrow.target]}"
        red += [str(number)] if arrow.forbidden else []
    if red:
        yield f"    linkStyle {','.join(red)} stroke:{RED},stroke-width:2px"


def _group(node: Box) -> str:
    return node.group


def _noted(node: Box) -> str:
    return f"<br/><small>{_entities(node.note)}</small>" if node.note else ""


def _entities(text: str) -> str:
    """Text in Mermaid's quotes, where markup and quotes are written as entities."""
    for character, entity in (("&", "amp"), ('"', "quot"), ("<", "lt"), (">", "gt")):
        text = text.replace(character, f"#{entity};")
    return text


def _dot(graph: Diagram) -> Iterator[str]:
    ids = _ids(graph)
    yield f"digraph {quoted(graph.title)} {{"
    by_rows, ranks = _is_by_rows(graph), {node.name: node.rank for node in graph.nodes}
    direction = "TB" if by_rows else "LR"
    yield f'    graph [label={quoted(graph.title)}, labelloc=t, labeljust=l, fontname="{FONT}"];'
    yield f"    graph [rankdir={direction}, nodesep=0.2, ranksep=0.7];"
    yield f'    node [shape=box, style="rounded,filled", color="{GREY}", fillcolor="#eceff1"];'
    yield f'    node [fontname="{FONT}"];'
    yield f'    edge [fontname="{FONT}", fontsize=11, color="{GREY}", fontcolor="{GREY}"];'
    for number, (box, nodes) in enumerate(_boxes(graph)):
        yield f"    subgraph cluster{number} {{" if box else "    { rank=same;"
        if box:
            yield f'        graph [label={quoted(box)}, style=rounded, color="#b0bec5"];'
        for node in nodes:
            note = f"\n{node.note}" if node.note else ""
            yield f"        {ids[node.name]} [label={quoted(node.name + note)}];"
        yield "    }"
    for arrow in graph.arrows:
        if {arrow.source, arrow.target} <= ids.keys():
            colour = f', color="{RED}", fontcolor="{RED}", penwidth=2' if arrow.forbidden else ""
            label = quoted(label_of(arrow))
            is_upward = by_rows and ranks[arrow.target] < ranks[arrow.source]
            free = ", constraint=false" if is_upward else ""
            yield f"    {ids[arrow.source]} -> {ids[arrow.target]} [label={label}{colour}{free}];"
    yield "}"


def _boxes(graph: Diagram) -> Iterator[tuple[str, list[Box]]]:
    """The nodes by the group that is drawn around them, or by row, without a name."""
    if _is_by_rows(graph):
        for _, row in groupby(sorted(graph.nodes, key=lambda node: node.rank), lambda node: node.rank):
            yield "", list(row)
        return
    for group, members in groupby(sorted(graph.nodes, key=_group), _group):
        yield group, list(members)


def _is_by_rows(graph: Diagram) -> bool:
    """Whether each node is a group of its own, as layers are."""
    return all(node.group == node.name for node in graph.nodes)


def quoted(text: str) -> str:
    """A string of DOT's."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _ids(graph: Diagram) -> dict[str, str]:
    """Short names, for not every tool takes dots and colons."""
    return {node.name: f"n{number}" for number, node in enumerate(graph.nodes)}
