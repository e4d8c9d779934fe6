"""Columns, constraints and references as sqlglot parses them from a statement."""

from __future__ import annotations

from typing import Any

from archlint.service.schema.core.tables import MAX_NAME, Check, ForeignKey, Table, TableKey, Unique
from archlint.service.schema.postgresql.definitions import (
    column_of,
    names_of,
    references,
)
from archlint.service.schema.postgresql.identifiers import schema_of
from archlint.service.schema.postgresql.server import Database
from archlint.service.schema.sqlalchemy.values import Untold


def name_of(identifier: Any) -> str:
    """An identifier as PostgreSQL folds and cuts it."""
    from sqlglot import exp

    while not isinstance(identifier, exp.Identifier):
        identifier = identifier.this
    return str(identifier.this if identifier.args.get("quoted") else identifier.this.lower())[:MAX_NAME]


def key_of(table: Any) -> TableKey:
    """The schema and name of a table."""
    db = table.args.get("db")
    return (None if db is None else schema_of(name_of(db)), name_of(table))


def define(database: Database, table: Table, item: Any) -> None:
    """A column with its own constraints."""
    from sqlglot import exp

    column = column_of(item, database)
    table.columns[column.name] = column
    for constraint in item.args.get("constraints") or ():
        kind = constraint.args.get("kind")
        if isinstance(kind, exp.PrimaryKeyColumnConstraint):
            table.primary = (column.name,)
        elif isinstance(kind, exp.UniqueColumnConstraint):
            table.uniques.append(Unique(None, (column.name,)))
        elif isinstance(kind, exp.Reference):
            table.foreign_keys.append(pointing(None, (column.name,), kind))
        elif isinstance(kind, exp.CheckColumnConstraint):
            table.checks.append(Check(None, (column.name,)))


def pointing(name: str | None, columns: tuple[str, ...], reference: Any) -> ForeignKey:
    """The foreign key that `REFERENCES` makes."""
    target, target_columns, options = references(reference)
    return ForeignKey(name, columns, key_of(target), target_columns, **options)


def constrain(table: Table, part: Any, name: str | None) -> None:
    """A constraint of the table."""
    from sqlglot import exp

    match part:
        case exp.PrimaryKey():
            table.primary, table.primary_name = names_of(part.expressions), name
        case exp.UniqueColumnConstraint():
            table.uniques.append(Unique(name, names_of(part.this.expressions)))
        case exp.ForeignKey():
            columns = names_of(part.expressions)
            table.foreign_keys.append(pointing(name, columns, part.args["reference"]))
        case exp.CheckColumnConstraint() | exp.Check():
            used = dict.fromkeys(name_of(column) for column in part.find_all(exp.Column))
            table.checks.append(Check(name, tuple(used)))
        case _:
            raise Untold("a constraint that archlint does not follow")
