"""Tables as an entity relationship diagram in Mermaid's notation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from archlint.service.model import Service
from archlint.service.schema.core.tables import Column, ForeignKey, Table


def diagram(services: Iterable[Service]) -> str:
    """One diagram of the models' tables; of those that the migrations build where there are no models."""
    tables = {table.title: table for service in services for table in _tables(service)}
    lines = ["erDiagram"]
    for title in sorted(tables):
        lines += _entity(tables[title])
    for title in sorted(tables):
        lines += [_relation(tables[title], key) for key in tables[title].foreign_keys]
    return "\n".join(lines) + "\n"


def _tables(service: Service) -> Iterator[Table]:
    declared = [model.table for model in service.schemas.declared]
    built = (pair.database for schema in service.schemas.all for pair in schema.pairs)
    yield from declared or (table for table in built if table is not None)


def _entity(table: Table) -> Iterator[str]:
    yield f"    {_name(table.title)} {{"
    for column in table.columns.values():
        yield f"        {_attribute(table, column)}"
    yield "    }"


def _attribute(table: Table, column: Column) -> str:
    type_ = "unknown" if column.type is None else re.sub(r"[^\w()\[\]-]+", "_", column.type.text)
    keys = [
        *(["PK"] if column.name in table.primary else []),
        *(["FK"] if any(column.name in key.columns for key in table.foreign_keys) else []),
        *(["UK"] if _is_unique(table, (column.name,)) else []),
    ]
    comment = [] if column.nullable is not False or column.name in table.primary else ['"not null"']
    return " ".join([type_, re.sub(r"\W", "_", column.name), *([", ".join(keys)] if keys else []), *comment])


def _relation(table: Table, key: ForeignKey) -> str:
    """Whether a row must point at another, and how many may point at one."""
    columns = [table.columns[name] for name in key.columns if name in table.columns]
    parent = "|o" if any(column.nullable for column in columns) else "||"
    child = "o|" if _is_unique(table, key.columns) or table.primary == key.columns else "o{"
    target = f"{key.target[0]}.{key.target[1]}" if key.target[0] else key.target[1]
    return f'    {_name(target)} {parent}--{child} {_name(table.title)} : "{", ".join(key.columns)}"'


def _is_unique(table: Table, columns: tuple[str, ...]) -> bool:
    indexes = (index.columns for index in table.indexes if index.unique and index.plain)
    return any(
        sorted(columns) == sorted(map(str, own)) for own in (*(u.columns for u in table.uniques), *indexes)
    )


def _name(title: str) -> str:
    return title if re.fullmatch(r"[A-Za-z_]\w*", title) else f'"{title}"'
