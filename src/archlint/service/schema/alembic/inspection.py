"""`sqlalchemy.inspect(bind)` in a revision: answers from the replayed database."""

from __future__ import annotations

from collections.abc import Callable

from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import Arguments, Native, Unresolved, Value, text
from archlint.service.schema.alembic.connections import DIALECT
from archlint.service.schema.core.tables import Table
from archlint.service.schema.postgresql.server import Database
from archlint.service.schema.sqlalchemy.values import PartialObject


def inspector(database: Database) -> PartialObject:
    """An inspector; of what is not known its answers are unresolved."""
    natives: dict[str, Value] = {
        "dialect": DIALECT,
        "get_table_names": Native("get_table_names", lambda machine, arguments: _names(database)),
        "has_table": Native("has_table", lambda machine, arguments: _has(database, arguments)),
    }
    for name, read in _ANSWERS.items():
        natives[name] = Native(name, _answer(database, read))
    return PartialObject("sqlalchemy.Inspector()", natives)


def _names(database: Database) -> Value:
    if database.blank is not None or database.untold:
        return Unresolved("the tables of a database that archlint cannot replay")
    return sorted(["alembic_version", *(name for schema, name in database.tables if schema is None)])


def _has(database: Database, arguments: Arguments) -> Value:
    name, schema = text(arguments.get(0, "table_name")), text(arguments.get(1, "schema"))
    found = None if name is None else database.has_table((schema, name))
    return Unresolved("whether a table exists") if found is None else found


def _answer(database: Database, read: Callable[[Table], Value]) -> Callable[[Machine, Arguments], Value]:
    def answer(machine: Machine, arguments: Arguments) -> Value:
        name, schema = text(arguments.get(0, "table_name")), text(arguments.get(1, "schema"))
        if name is None or not database.has_table((schema, name)):
            return Unresolved("what a database has")
        return read(database.tables[schema, name])

    return answer


_ANSWERS: dict[str, Callable[[Table], Value]] = {
    "get_columns": lambda table: [
        {"name": c.name, "nullable": c.nullable, "type": Unresolved("a column's type")}
        for c in table.columns.values()
    ],
    "get_indexes": lambda table: [
        *({"name": i.name, "column_names": list(i.columns), "unique": i.unique} for i in table.indexes),
        *({"name": u.name, "column_names": list(u.columns), "unique": True} for u in table.uniques),
    ],
    "get_unique_constraints": lambda table: [
        {"name": unique.name, "column_names": list(unique.columns)} for unique in table.uniques
    ],
    "get_foreign_keys": lambda table: [
        {
            "name": key.name,
            "constrained_columns": list(key.columns),
            "referred_table": key.target[1],
            "referred_columns": list(key.target_columns),
        }
        for key in table.foreign_keys
    ],
    "get_check_constraints": lambda table: [{"name": check.name} for check in table.checks],
    "get_pk_constraint": lambda table: {
        "name": table.primary_name,
        "constrained_columns": list(table.primary),
    },
}
