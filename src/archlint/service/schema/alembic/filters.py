"""`include_name` and `include_object` of env.py, asked as `alembic/autogenerate/api.py` asks them.

`include_name` is asked of names in the database only, first of schemas (None for the default one), then of
tables, then of what is in them. `include_object` is asked of things of either side.
"""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.findings import Location
from archlint.service.interpreter.values import Value
from archlint.service.schema.alembic.environments import EnvironmentRun
from archlint.service.schema.core.tables import Column, Table, TableKey
from archlint.service.schema.sqlalchemy.values import PartialObject


class UndecidedFilter(Struct, frozen=True):
    """A question that the source does not answer."""

    what: str
    location: Location | None


class Filters(Struct, dict=True):
    """Answers for one env.py; what cannot be told is noted in `undecided`, and does not pass."""

    setup: EnvironmentRun
    undecided: list[UndecidedFilter] = field(default_factory=list)
    hidden: set[tuple[TableKey, str]] = field(default_factory=set)
    """The parts of tables of which the source does not tell whether they are seen."""

    def seen(self, tables: Mapping[TableKey, Table]) -> dict[TableKey, Table]:
        """Of the database what `include_name` lets Alembic see."""
        if "include_name" not in self.setup.options:
            return dict(tables)
        schemas = {
            schema: self._named(schema, "schema", {}, None) for schema in {key[0] for key in tables} | {None}
        }
        found: dict[TableKey, Table] = {}
        for key, table in tables.items():
            parents = _parents(key, table=False)
            if schemas[key[0]] and self._named(key[1], "table", parents, table):
                found[key] = self._narrowed(table)
        return found

    def untold(self, tables: Mapping[TableKey, Table]) -> set[TableKey]:
        """The tables of which the source does not tell whether they are seen."""
        unsure = {(one.what) for one in self.undecided}
        return {key for key, table in tables.items() if f"table `{table.name}`" in unsure}

    def passes(
        self, table: Table, kind: str, thing: object, name: str | None, *, other: object = None
    ) -> bool:
        """Whether `include_object` lets a thing of the models through; `other` is the database's, if any."""
        return self._asked(table, kind, thing, name, other, reflected=False)

    def passes_reflected(self, table: Table, kind: str, thing: object, name: str | None) -> bool:
        """Whether `include_object` lets a thing of the database through that no model has."""
        return self._asked(table, kind, thing, name, None, reflected=True)

    def _narrowed(self, table: Table) -> Table:
        parents = _parents(table.key, table=True)
        kinds = (
            ("columns", "column"), ("indexes", "index"), ("uniques", "unique_constraint"),
            ("foreign_keys", "foreign_key_constraint"),
        )  # fmt: skip
        kept: dict[str, object] = {}
        for attribute, kind in kinds:
            parts = getattr(table, attribute)
            things = list(parts.values()) if isinstance(parts, dict) else parts
            left = [thing for thing in things if self._named(thing.name, kind, parents, table)]
            kept[attribute] = {thing.name: thing for thing in left} if isinstance(parts, dict) else left
        return replace(table, **kept)

    def _named(self, name: str | None, kind: str, parents: dict[str, Value], table: Table | None) -> bool:
        passed = self.setup.includes_name(name, kind, parents)
        if passed is None:
            self._note(kind, name, table)
        return passed is True

    def _asked(
        self, table: Table, kind: str, thing: object, name: str | None, other: object, *, reflected: bool
    ) -> bool:
        if "include_object" not in self.setup.options:
            return True
        own = _object(thing, table, name)
        against = None if other is None else _object(other, table, name)
        passed = self.setup.includes_object(
            own, table.name if thing is table else name, kind, reflected, against
        )
        if passed is None:
            self._note(kind, table.name if thing is table else name, table)
        return passed is True

    def _note(self, kind: str, name: str | None, table: Table | None) -> None:
        what = f"{kind.replace('_', ' ')} `{name}`"
        if table is not None and kind != "table":
            self.hidden.add((table.key, name or ""))
        found = UndecidedFilter(what, table.place if table is not None else None)
        if found not in self.undecided:
            self.undecided.append(found)


def _parents(key: TableKey, *, table: bool) -> dict[str, Value]:
    schema, name = key
    qualified = f"{schema}.{name}" if schema else name
    parents: dict[str, Value] = {"schema_name": schema, "schema_qualified_table_name": qualified}
    return {**parents, "table_name": name} if table else parents


def _object(thing: object, table: Table, name: str | None) -> PartialObject:
    """A thing as a filter sees it: its name, its schema, its `info` and its table."""
    noted = dict(getattr(thing, "info", {}))
    if isinstance(thing, Table):
        attributes: dict[str, Value] = {"name": thing.name, "schema": thing.schema, "info": noted}
        attributes |= {"key": f"{thing.schema}.{thing.name}" if thing.schema else thing.name}
        return PartialObject("sqlalchemy.Table()", {**attributes, "comment": _comment(thing)})
    whole = _object(table, table, table.name)
    attributes = {"name": name, "key": name, "info": noted, "table": whole}
    if isinstance(thing, Column):
        attributes |= {"nullable": thing.nullable, "comment": _comment(thing)}
    return PartialObject(
        "sqlalchemy.Column()" if isinstance(thing, Column) else "sqlalchemy.Object()", attributes
    )


def _comment(thing: Table | Column) -> Value:
    return thing.comment
