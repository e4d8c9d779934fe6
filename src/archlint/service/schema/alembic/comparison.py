"""What `alembic revision --autogenerate` would do to bring the database to the models.

Follows `alembic/autogenerate/compare` with the corrections of `alembic/ddl/postgresql.py`. What is not known
of either side is not compared, and said.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import repeat

from msgspec import Struct

from archlint.findings import Location
from archlint.service.schema.alembic.environments import EnvironmentRun
from archlint.service.schema.alembic.filters import Filters
from archlint.service.schema.core.naming import UNKNOWN
from archlint.service.schema.core.tables import Column, ForeignKey, Index, Table, TableKey, Unique, title
from archlint.service.schema.postgresql.defaults import defaults_differ
from archlint.service.schema.sqlalchemy.types import differ


class Drift(Struct, frozen=True):
    """One step of autogenerate. `table` is the title of its table, `detail` says both sides in words."""

    kind: str
    name: str
    table: str
    location: Location | None
    detail: str
    on: frozenset[str | None] = frozenset()
    """The columns that a key, index or constraint is on, or the column itself that only one side has."""

    @property
    def part(self) -> str:
        """The last part of its name."""
        return self.name.rpartition(".")[2]

    @property
    def is_comment(self) -> bool:
        """Whether it changes what a table or column is said to be, and nothing else."""
        return self.kind.endswith("comment")


class Gap(Struct, frozen=True):
    """Something that cannot be compared."""

    what: str
    why: str
    location: Location | None


@dataclass
class Comparison:
    """Compares the tables that migrations build (`old`) with those of the models (`new`), under `setup`."""

    setup: EnvironmentRun
    compare_types: bool
    untold_indexes: frozenset[str] = frozenset()
    gaps: list[Gap] = field(default_factory=list)
    filters: Filters = field(init=False)
    _untyped: dict[str, list[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.filters = Filters(self.setup)

    def changes(self, old: dict[TableKey, Table], new: dict[TableKey, Table]) -> Iterator[Drift]:
        """All changes, by table."""
        seen = self.filters.seen(old)
        untold = self.filters.untold(old)
        for change in self._all(seen, {key: table for key, table in new.items() if key not in untold}):
            if not any(
                title(table) == change.table and name == change.part for table, name in self.filters.hidden
            ):
                yield change
        for one in self.filters.undecided:
            why = "`include_object` or `include_name` of env.py decides by what the source does not tell"
            self.gaps.append(Gap(one.what, why, one.location))

    def _all(self, old: dict[TableKey, Table], new: dict[TableKey, Table]) -> Iterator[Drift]:
        for key in sorted({*old, *new}, key=lambda key: (key[0] or "", key[1])):
            database, model = old.get(key), new.get(key)
            if model is not None and database is None:
                yield from self._added(model)
            elif database is not None and model is None:
                yield from self._removed(database)
            elif database is not None and model is not None:
                if not self.filters.passes(model, "table", model, None, other=database):
                    continue
                yield from self._table_comment(database, model)
                yield from self._columns(database, model)
                yield from self._named(database, model)
                yield from self._foreign_keys(database, model)
                self._note_types(model)

    def _note_types(self, model: Table) -> None:
        columns = self._untyped.pop(model.title, [])
        if columns:
            what = f"the type of {_quoted(columns)} in table `{model.title}`"
            self.gaps.append(Gap(what, "archlint does not know it on both sides", model.place))

    def _added(self, model: Table) -> Iterator[Drift]:
        if self.filters.passes(model, "table", model, None):
            yield Drift("add_table", model.title, model.title, model.place, "only the models have it")
            for index in model.indexes:
                if index.name != UNKNOWN and self.filters.passes(model, "index", index, index.name):
                    yield Drift("add_index", index.name, model.title, model.place, "only the models have it")

    def _removed(self, database: Table) -> Iterator[Drift]:
        detail = "only the migrations make it"
        if self.filters.passes_reflected(database, "table", database, None):
            for index in database.indexes:
                if self.filters.passes_reflected(database, "index", index, index.name):
                    yield Drift("remove_index", index.name, database.title, database.place, detail)
            yield Drift("remove_table", database.title, database.title, database.place, detail)

    def _columns(self, database: Table, model: Table) -> Iterator[Drift]:
        for name in sorted({*database.columns, *model.columns}):
            mine, theirs = database.columns.get(name), model.columns.get(name)
            title = f"{model.title}.{name}"
            if mine is None and theirs is not None:
                if self.filters.passes(model, "column", theirs, name):
                    place = theirs.place or model.place
                    only = "only the models have it"
                    yield Drift("add_column", title, model.title, place, only, frozenset({name}))
            elif theirs is None and mine is not None:
                if self.filters.passes_reflected(model, "column", mine, name):
                    only = "only the migrations make it"
                    yield Drift("remove_column", title, model.title, model.place, only, frozenset({name}))
            elif (
                mine is not None
                and theirs is not None
                and self.filters.passes(model, "column", theirs, name, other=mine)
            ):
                yield from self._column(model, mine, theirs)

    def _column(self, model: Table, mine: Column, theirs: Column) -> Iterator[Drift]:
        name, place = f"{model.name}.{mine.name}", theirs.place or model.place
        if mine.nullable is None or theirs.nullable is None:
            self.gaps.append(Gap(f"column `{name}`", "whether it may be NULL is computed", place))
        elif mine.nullable != theirs.nullable and not (mine.computed or theirs.computed):
            detail = f"{_null(mine)} in the migrations, {_null(theirs)} in the models"
            yield Drift("modify_nullable", name, model.title, place, detail)
        if self.compare_types:
            yield from self._type(model, mine, theirs, place)
        if self.setup.flag("compare_server_default", default=False):
            yield from self._default(model, mine, theirs, place)
        if "?" not in {mine.comment, theirs.comment} and mine.comment != theirs.comment:
            detail = f"{_comment(mine.comment)} in the migrations, {_comment(theirs.comment)} in the models"
            yield Drift("modify_comment", name, model.title, place, detail)

    def _table_comment(self, database: Table, model: Table) -> Iterator[Drift]:
        mine, theirs = database.comment, model.comment
        if "?" not in {mine, theirs} and mine != theirs:
            kind = "remove_table_comment" if theirs is None else "add_table_comment"
            detail = f"{_comment(mine)} in the migrations, {_comment(theirs)} in the models"
            yield Drift(kind, model.title, model.title, model.place, detail)

    def _type(self, model: Table, mine: Column, theirs: Column, place: Location | None) -> Iterator[Drift]:
        one, other = mine.type, theirs.type
        if one is None or other is None or not (one.certain and other.certain):
            if one is None or other is None or one.text != other.text:
                self._untyped.setdefault(model.title, []).append(mine.name)
        elif differ(one, other):
            name, detail = (
                f"{model.name}.{mine.name}",
                f"{one.text} in the migrations, {other.text} in the models",
            )
            yield Drift("modify_type", name, model.title, place, detail)

    def _default(self, model: Table, mine: Column, theirs: Column, place: Location | None) -> Iterator[Drift]:
        if mine.computed or theirs.computed or (mine.name in model.primary and len(model.primary) == 1):
            return
        name = f"{model.name}.{mine.name}"
        different = defaults_differ(mine.default, theirs.default)
        if different is None:
            self.gaps.append(Gap(f"default of column `{name}`", "only a server can compare it", place))
        elif different:
            detail = f"{mine.default or 'none'} in the migrations, {theirs.default or 'none'} in the models"
            yield Drift("modify_default", name, model.title, place, detail)

    def _named(self, database: Table, model: Table) -> Iterator[Drift]:
        """Indexes and unique constraints, which Alembic compares by their names."""
        old: dict[str, Index | Unique] = {i.name: i for i in database.indexes}
        old |= {unique.name or UNKNOWN: unique for unique in database.uniques}
        new: dict[str, Index | Unique] = {i.name: i for i in model.indexes}
        new |= {unique.name: unique for unique in model.uniques if unique.name is not None}
        if UNKNOWN in old or UNKNOWN in new:
            why = "the name of one of them is computed"
            self.gaps.append(Gap(f"indexes and unique constraints of `{model.title}`", why, model.place))
            return
        for name in self.untold_indexes & (old.keys() | new.keys()):
            old.pop(name, None)
            new.pop(name, None)
        unnamed = [unique for unique in model.uniques if unique.name is None]
        spared = {tuple(sorted(unique.columns)) for unique in unnamed}
        for name in sorted(old.keys() - new.keys()):
            found = old[name]
            if not (isinstance(found, Unique) and tuple(sorted(found.columns)) in spared):
                yield from self._gone(model, found, name)
        for name in sorted(old.keys() & new.keys()):
            yield from self._both(model, old[name], new[name], name)
        for name in sorted(new.keys() - old.keys()):
            yield from self._new(model, new[name], name)
        there = {tuple(sorted(unique.columns)) for unique in database.uniques}
        for unique in unnamed:
            if tuple(sorted(unique.columns)) not in there:
                yield from self._new(model, unique, None)

    def _both(self, model: Table, mine: Index | Unique, theirs: Index | Unique, name: str) -> Iterator[Drift]:
        if isinstance(mine, Index) and isinstance(theirs, Index):
            if _indexes_differ(mine, theirs) and self.filters.passes(
                model, "index", theirs, name, other=mine
            ):
                detail = f"{_index(mine)} in the migrations, {_index(theirs)} in the models"
                on = frozenset(theirs.columns)
                yield Drift("change_index", name, model.title, model.place, detail, on)
        elif isinstance(mine, Unique) and isinstance(theirs, Unique):
            if _uniques_differ(mine, theirs) and self.filters.passes(
                model, "unique_constraint", theirs, name, other=mine
            ):
                detail = f"{_on(mine)} in the migrations, {_on(theirs)} in the models"
                yield Drift("change_unique", name, model.title, model.place, detail)
        else:
            yield from self._gone(model, mine, name)
            yield from self._new(model, theirs, name)

    def _gone(self, model: Table, found: Index | Unique, name: str) -> Iterator[Drift]:
        kind = "index" if isinstance(found, Index) else "unique_constraint"
        if self.filters.passes_reflected(model, kind, found, name):
            word = kind.removesuffix("_constraint")
            detail, on = f"only the migrations make {_on(found)}", frozenset(found.columns)
            yield Drift(f"remove_{word}", name, model.title, model.place, detail, on)

    def _new(self, model: Table, found: Index | Unique, name: str | None) -> Iterator[Drift]:
        kind = "index" if isinstance(found, Index) else "unique_constraint"
        if self.filters.passes(model, kind, found, name):
            word = kind.removesuffix("_constraint")
            detail, on = f"only the models have {_on(found)}", frozenset(found.columns)
            yield Drift(f"add_{word}", str(name), model.title, model.place, detail, on)

    def _foreign_keys(self, database: Table, model: Table) -> Iterator[Drift]:
        """Foreign keys, which Alembic compares by all but their names."""
        old = {_signature(key): key for key in database.foreign_keys}
        new = {_signature(key): key for key in model.foreign_keys}
        kind = "foreign_key_constraint"
        for signature in sorted(old.keys() - new.keys(), key=str):
            key = old[signature]
            if self.filters.passes_reflected(model, kind, key, key.name):
                name, detail = (
                    f"{key.words} on table {model.title}",
                    f"only the migrations make it, {_options(key)}",
                )
                on: frozenset[str | None] = frozenset(key.columns)
                yield Drift("remove_foreign_key", name, model.title, model.place, detail, on)
        for signature in sorted(new.keys() - old.keys(), key=str):
            key = new[signature]
            if self.filters.passes(model, kind, key, key.name):
                name, detail = (
                    f"{key.words} on table {model.title}",
                    f"only the models have it, {_options(key)}",
                )
                yield Drift("add_foreign_key", name, model.title, model.place, detail, frozenset(key.columns))


def _indexes_differ(mine: Index, theirs: Index) -> bool:
    """Of expressions only that one is no column is certain: PostgreSQL writes them anew."""
    if mine.unique != theirs.unique or len(mine.columns) != len(theirs.columns):
        return True
    if mine.nulls_distinct != theirs.nulls_distinct:
        return True
    pairs = list(zip(_parts(mine), _parts(theirs), strict=True))
    if any(None not in (one[0], other[0]) and one != other for one, other in pairs):
        return True
    calls = zip(pairs, mine.calls or repeat(False), theirs.calls or repeat(False), strict=False)
    return any(
        (one[0] is None and here and other[0] is not None)
        or (other[0] is None and there and one[0] is not None)
        for (one, other), here, there in calls
    )


def _parts(index: Index) -> Iterator[tuple[str | None, str]]:
    """Its columns with how they are sorted."""
    order = index.sorted or ("",) * len(index.columns)
    return zip(index.columns, order, strict=True)


def _uniques_differ(mine: Unique, theirs: Unique) -> bool:
    columns = sorted(mine.columns) != sorted(theirs.columns)
    return columns or mine.nulls_distinct != theirs.nulls_distinct


def _comment(comment: str | None) -> str:
    return "no comment" if comment is None else f'"{comment}"'


def _signature(key: ForeignKey) -> tuple[object, ...]:
    actions = (_action(key.onupdate), _action(key.ondelete), key.deferral)
    target = (key.written_schema or key.target[0], key.target[1])
    return key.columns, target, key.target_columns, *actions


def _action(word: str | None) -> str | None:
    return None if word is None or word.lower() == "no action" else word.lower()


def _null(column: Column) -> str:
    return "NULL" if column.nullable else "NOT NULL"


def _index(index: Index) -> str:
    columns = ", ".join(f"{name or 'an expression'} {order}".strip() for name, order in _parts(index))
    nulls = "" if index.nulls_distinct else " nulls not distinct"
    return f"{'unique ' if index.unique else ''}({columns}){nulls}"


def _on(found: Index | Unique) -> str:
    return f"it, on ({_listed(found.columns)})"


def _quoted(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _listed(columns: Iterable[str | None]) -> str:
    return ", ".join(name or "an expression" for name in columns)


def _options(key: ForeignKey) -> str:
    words = [f"to `{key.target[1]}`"]
    words += [f"ON DELETE {key.ondelete}"] if key.ondelete else []
    words += [f"ON UPDATE {key.onupdate}"] if key.onupdate else []
    words += [key.deferral] if key.deferral != "not deferrable" else []
    return " ".join(words)
