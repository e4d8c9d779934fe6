"""The pictures of the page: layers, and tables as an entity relationship diagram."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.report.graph import RED, quoted
from archlint.report.graph_svg import drawn, svg
from archlint.service.diagrams import layer_graph
from archlint.service.model import Service
from archlint.service.schema.core.tables import Table

MOST_TABLES = 120
"""More make a picture that nobody reads, and that takes minutes to lay out."""

_RECORD = str.maketrans({one: f"\\{one}" for one in "{}|<> "})


def layers(service: Service) -> str:
    """The layers as SVG; nothing where there are none."""
    graph = layer_graph(service)
    return svg(graph) if graph.nodes else ""


def tables(service: Service) -> str:
    """The models' tables as SVG, red where the migrations build them otherwise; nothing without tables."""
    found = [model.table for model in service.schemas.declared]
    if not 0 < len(found) <= MOST_TABLES:
        return ""
    drifting = {change.table for schema in service.schemas.all for change in schema.drift}
    return drawn("\n".join(_dot(found, drifting)))


def _dot(tables: list[Table], drifting: set[str]) -> Iterator[str]:
    ids = {table.title: f"t{number}" for number, table in enumerate(tables)}
    yield "digraph tables { graph [rankdir=LR, nodesep=0.3];"
    yield "node [shape=record, fontname=Courier, fontsize=11];"
    for table in tables:
        columns = "".join(f"{_cell(_column(table, name))}\\l" for name in table.columns)
        colour = f", color={quoted(RED)}" if table.title in drifting else ""
        yield f'{ids[table.title]} [label="{_cell(table.title)}|{columns}"{colour}];'
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
