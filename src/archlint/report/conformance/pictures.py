"""The pictures of the page: layers, and tables as an entity relationship diagram."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec.structs import replace

from archlint.report.graph import RED, quoted
from archlint.report.graph_svg import drawn, svg
from archlint.service.diagrams import layer_graph
from archlint.service.model import Service
from archlint.service.schema.core.tables import Table

MOST_TABLES = 120
"""More make a picture that nobody reads, and that takes minutes to lay out."""

MOST_COLUMNS = 25
"""With more tables, only those that differ show their columns: the picture shows how tables hang together."""

_RECORD = str.maketrans({one: f"\\{one}" for one in "{}|<> "})


def layers(service: Service) -> str:
    """The layers as SVG; nothing where there are none."""
    graph = layer_graph(service)
    return svg(replace(graph, title="")) if graph.nodes else ""


def tables(service: Service) -> str:
    """The models' tables as SVG, and those that only migrations make; nothing without tables.

    Red are those that the migrations build otherwise, their differing columns with a mark before them.
    """
    found = {model.table.title: model.table for model in service.schemas.declared}
    pairs = (pair for schema in service.schemas.all for pair in schema.pairs)
    found |= {pair.title: pair.database for pair in pairs if pair.model is None and pair.database is not None}
    if not 0 < len(found) <= MOST_TABLES:
        return ""
    changes = [change for schema in service.schemas.all for change in schema.drift]
    drifting = {(change.table, part) for change in changes for part in ("", change.part)}
    return drawn("\n".join(_dot(list(found.values()), drifting)))


def _dot(tables: list[Table], drifting: set[tuple[str, str]]) -> Iterator[str]:
    ids = {table.title: f"t{number}" for number, table in enumerate(tables)}
    yield "digraph tables { graph [rankdir=LR, nodesep=0.3];"
    yield "node [shape=record, fontname=Courier, fontsize=11];"
    for table in tables:
        marks = {name: "! " if (table.title, name) in drifting else "" for name in table.columns}
        shown = marks if len(tables) <= MOST_COLUMNS or any(marks.values()) else {}
        columns = "".join(f"{_cell(mark + _column(table, name))}\\l" for name, mark in shown.items())
        columns = f"|{columns}" if columns else ""
        red = f", color={quoted(RED)}, fontcolor={quoted(RED)}, penwidth=2"
        colour = red if (table.title, "") in drifting else ""
        yield f'{ids[table.title]} [label="{_cell(table.title)}{columns}"{colour}];'
    for table in tables:
        for key in table.foreign_keys:
            target = f"{key.target[0]}.{key.target[1]}" if key.target[0] else key.target[1]
            if target in ids:
                yield f"{ids[table.title]} -> {ids[target]};"
    yield "}"


def _column(table: Table, name: str) -> str:
    type_ = table.columns[name].type
    key = " PK" if name in table.primary else ""
    return f"{name} {type_.text if type_ else '?'}{key}"


def _cell(text: str) -> str:
    """Text in a record's field, where braces, bars and angles mean something."""
    return text.replace("\\", "\\\\").replace('"', '\\"').translate(_RECORD)
