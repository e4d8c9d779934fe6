"""How one state of a database differs from another: what a downgrade did not take back."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterator, Mapping
from typing import NamedTuple

from archlint.service.schema.core.tables import Table, TableKey
from archlint.service.schema.sqlalchemy.types import differ

_Shape = tuple[Hashable, tuple[str, str, set[str]]]


STAYS = "stays"
GONE = "is not made again"


class Difference(NamedTuple):
    """One thing that was not there before, or is not there again; `name` is what operations call it."""

    kind: str
    """What it is, in words: a "table", "column", "type", "index", "foreign key" …"""

    title: str
    """Of its table, with the schema; of a type, its name."""

    table: str
    name: str
    state: str = STAYS
    """`STAYS` or `GONE`, or how a column that is there before and after is made otherwise."""

    @property
    def is_gone(self) -> bool:
        """Whether it was there before, and is not any more."""
        return self.state == GONE

    @property
    def is_whole(self) -> bool:
        """Whether a table, column or type is there or not, and not only how it is made."""
        return self.kind in {"table", "column", "type"} and self.state in {STAYS, GONE}

    @property
    def words(self) -> str:
        """Such as "column `users.age` is not made again"."""
        match self.kind:
            case "table" | "type":
                return f"{self.kind} `{self.title}` {self.state}"
            case "column":
                return f"column `{self.title}.{self.name}` {self.state}"
        return f"{self.kind} `{self.name}` of table `{self.title}` {self.state}"


def differences(
    before: Mapping[TableKey, Table | None],
    now: Mapping[TableKey, Table | None],
    untold: Container[TableKey] = (),
) -> Iterator[Difference]:
    """What differs in the tables of `before`; constraints and indexes by what they are on, not by name.

    Where a foreign key points is not compared if the source does not tell what became of that table.
    """
    for key, old in before.items():
        new = now.get(key)
        if old is None and new is not None:
            yield Difference("table", new.title, new.name, new.name)
        elif old is not None and new is None:
            yield Difference("table", old.title, old.name, old.name, GONE)
        elif old is not None and new is not None:
            yield from _within(old, new, untold)


def _within(old: Table, new: Table, untold: Container[TableKey]) -> Iterator[Difference]:
    for name in new.columns:
        if name not in old.columns:
            yield Difference("column", new.title, new.name, name)
    for name in old.columns:
        if name not in new.columns:
            yield Difference("column", new.title, new.name, name, GONE)
    for name in old.columns:
        if name in new.columns:
            yield from _column(old, new, name)
    yield from _parts(old, new, untold)


def _column(old: Table, new: Table, name: str) -> Iterator[Difference]:
    one, other = old.columns[name], new.columns[name]
    if None not in (one.nullable, other.nullable) and one.nullable != other.nullable:
        state = "still accepts NULL" if other.nullable else "still refuses NULL"
        yield Difference("column", new.title, new.name, name, state)
    types = [found for found in (one.type, other.type) if found is not None and found.certain]
    if len(types) == 2 and differ(types[0], types[1]) and differ(types[1], types[0]):
        yield Difference("column", new.title, new.name, name, f"stays {types[1].text}")


def _parts(old: Table, new: Table, untold: Container[TableKey]) -> Iterator[Difference]:
    """Constraints and indexes that only one side has; those that go with a column are told with that."""
    one, other = dict(_shapes(old, untold)), dict(_shapes(new, untold))
    both = old.columns.keys() & new.columns.keys()
    for shape, (kind, name, columns) in (one | other).items():
        if columns <= both and (shape in one) != (shape in other):
            yield Difference(kind, new.title, new.name, name, STAYS if shape in other else GONE)


def _shapes(table: Table, untold: Container[TableKey]) -> Iterator[_Shape]:
    if table.primary:
        shape = ("primary", tuple(sorted(table.primary)))
        yield shape, ("primary key", table.primary_name or "", set(table.primary))
    for index in table.indexes:
        columns = {name for name in index.columns if name is not None}
        shape_of_index = index.columns if None not in index.columns else index.name
        yield ("index", shape_of_index, index.unique), ("index", index.name, columns)
    for unique in table.uniques:
        key = ("unique", tuple(sorted(unique.columns)))
        yield key, ("unique constraint", unique.name or "", set(unique.columns))
    for found in table.foreign_keys:
        words = ("foreign key", found.name or "", set(found.columns))
        to = None if found.target in untold else (found.target, found.target_columns)
        yield ("foreign key", found.columns, to), words
    for check in table.checks:
        if check.columns is not None and check.name not in {None, "?"}:
            yield ("check", check.name), ("check constraint", check.name or "", set(check.columns))
