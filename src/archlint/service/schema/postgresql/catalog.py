"""What a database holds while migrations run, and what the source does not tell of it."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping, Set
from typing import Self

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.service.schema.core.naming import UNKNOWN
from archlint.service.schema.core.tables import MAX_NAME, Column, ForeignKey, SqlType, Table, TableKey, Unique
from archlint.service.schema.postgresql import refusals
from archlint.service.schema.postgresql.objects import ServerObject
from archlint.service.schema.postgresql.refusals import Refused
from archlint.service.schema.postgresql.transaction_block import TransactionBlock
from archlint.service.schema.sqlalchemy.values import Untold


class View(Struct):
    """A view: the tables and the names of columns that its query reads, and the names of its indexes.

    Of several tables nothing tells which columns are whose: none are known then.
    """

    tables: frozenset[TableKey]
    columns: frozenset[str]
    indexes: set[str] = field(default_factory=set)


class Catalog(Struct, dict=True):
    """Tables, types, and what the source does not tell of them.

    `untold` has the tables of which nothing is known any more, each with the reason; `blank` is the reason
    when nothing is known of any table.
    """

    tables: dict[TableKey, Table] = field(default_factory=dict)
    types: dict[str, SqlType] = field(default_factory=dict)
    untold: dict[TableKey, str] = field(default_factory=dict)
    untold_types: set[str] = field(default_factory=set)
    blank: str | None = None
    touched: dict[TableKey, Table | None] = field(default_factory=dict)
    """The tables that statements named since it was last emptied, as they were before."""

    dropped: set[TableKey] = field(default_factory=set)
    """The tables that were there once, and that no view can have replaced."""

    views: dict[TableKey, View] = field(default_factory=dict)
    """The views that SQL makes."""

    objects: set[ServerObject] = field(default_factory=set)
    """What SQL made beside tables, types and views."""

    filled: set[TableKey] = field(default_factory=set)
    """The tables that certainly have rows."""

    block: TransactionBlock = field(default_factory=TransactionBlock)
    """The transaction of the run that is under way; a snapshot is for another run."""

    def snapshot(self) -> Self:
        """A copy that later statements do not change."""
        return type(self)(
            {key: _copied(table) for key, table in self.tables.items()},
            dict(self.types),
            dict(self.untold),
            set(self.untold_types),
            self.blank,
            dropped=set(self.dropped),
            views={key: replace(view, indexes=set(view.indexes)) for key, view in self.views.items()},
            objects=set(self.objects),
            filled=set(self.filled),
        )

    def restore(self, kept: Catalog) -> None:
        """Be as when the snapshot was taken."""
        self.tables, self.types = kept.tables, kept.types
        self.untold, self.untold_types, self.blank = kept.untold, kept.untold_types, kept.blank
        self.dropped, self.views = kept.dropped, kept.views
        self.objects, self.filled = kept.objects, kept.filled

    def put_back(self, tables: Mapping[TableKey, Table | None], made: Set[str], dropped: Set[str]) -> None:
        """Be as before some statements which touched `tables`, as those were then, and types by name."""
        for key, table in tables.items():
            if table is not None:
                self.tables[key] = _copied(table)
            elif self.has_table(key):
                del self.tables[key]
        for name in made & self.types.keys():
            del self.types[name]
        self.untold_types.update(dropped)
        self.objects.clear()
        self.filled.clear()

    def table(self, key: TableKey) -> Table:
        """The table; raises `Refused` where there is none, `Untold` where the source does not tell."""
        self._tell(key)
        if key not in self.tables:
            raise refusals.no_relation(key)
        self._touch(key)
        return self.tables[key]

    def copy_of(self, key: TableKey) -> Table | None:
        """The table as it is now; None where there is none or none is known."""
        return _copied(self.tables[key]) if self.has_table(key) else None

    def _touch(self, key: TableKey) -> None:
        if key not in self.touched:
            self.touched[key] = self.copy_of(key)

    def has_table(self, key: TableKey) -> bool | None:
        """Whether there is such a table; None where the source does not tell."""
        return None if self.blank is not None or key in self.untold else key in self.tables

    def has_index(self, schema: str | None, name: str) -> bool:
        """Whether a table or view of the schema has such an index, a constraint's own included."""
        on_tables = (_index_names(table) for table in self.tables.values() if table.schema == schema)
        on_views = (view.indexes for (of, _), view in self.views.items() if of == schema)
        return any(name in names for names in (*on_tables, *on_views))

    def forget(self, key: TableKey, why: str) -> None:
        """Nothing more is known of the table."""
        self.untold.setdefault(key, why)

    def forget_all(self, why: str) -> None:
        """Nothing more is known of anything."""
        self.blank = self.blank or why

    def _has_type(self, name: str) -> bool:
        if self.blank is not None or name in self.untold_types:
            raise Untold(self.blank or f"type `{name}`")
        return name in self.types

    def _pointing(self, key: TableKey) -> Iterator[tuple[Table, ForeignKey]]:
        for table in list(self.tables.values()):
            for foreign_key in list(table.foreign_keys):
                if foreign_key.target == key and table.key not in self.untold:
                    yield table, foreign_key

    def _of_schema(self, schema: str | None) -> Iterator[Table]:
        return (t for t in self.tables.values() if t.schema == schema and t.key not in self.untold)

    def _relations(self, schema: str | None) -> set[str]:
        """The names of a schema's tables and indexes, constraints' own included."""
        taken: set[str] = set()
        for table in self._of_schema(schema):
            taken |= {table.name, *_index_names(table)}
        return taken

    def _free(self, name: str, schema: str | None) -> None:
        if name == UNKNOWN:
            return
        self._check_length(name)
        if name in self._relations(schema):
            raise refusals.relation_exists(name)

    def _check_length(self, name: str) -> None:
        """SQLAlchemy cuts names that it made and refuses longer ones; those of tables and in SQL are cut."""
        if len(name) > MAX_NAME:
            raise Refused(f"Identifier {name!r} exceeds maximum length of {MAX_NAME} characters")

    def _free_constraint(self, table: Table, name: str) -> None:
        self._check_length(name)
        if name != UNKNOWN and name in set(table.constraint_names()):
            raise refusals.constraint_exists(table.key, name)

    def _unviewed(self, key: TableKey, words: str, column: str | None = None, *, cascade: bool) -> None:
        """Refuse to drop what a view reads; with `CASCADE` the view goes, too."""
        for name, view in list(self.views.items()):
            if key in view.tables and (column is None or column in view.columns):
                if not cascade:
                    raise refusals.needed(words)
                del self.views[name]

    def _unbind_views(self, key: TableKey) -> None:
        """What views read is not followed under new names."""
        for view in self.views.values():
            view.tables = frozenset() if key in view.tables else view.tables

    def _tell(self, key: TableKey) -> None:
        why = self.blank or self.untold.get(key)
        if why is not None:
            raise Untold(why)

    def _certain(self) -> None:
        if self.blank is not None or self.untold:
            raise Untold(self.blank or "a table that cannot be replayed")


def _index_names(table: Table) -> set[str]:
    """The names of a table's indexes, constraints' own included."""
    constraints = (table.primary_name, *(unique.name for unique in table.uniques))
    return {*(index.name for index in table.indexes), *filter(None, constraints)}


def distinct(table: Table) -> Iterator[Unique]:
    """What `CREATE TABLE` makes of them: one for the same columns, none for the primary key's."""
    found: dict[tuple[str, ...], Unique] = {}
    for unique in table.uniques:
        if unique.columns != table.primary:
            made = Unique(unique.name, unique.columns, unique.nulls_distinct)
            kept = found.setdefault(unique.columns, made)
            kept.name = kept.name or unique.name
    yield from found.values()


def has_type(column: Column, name: str) -> bool:
    """Whether a column is of an enumeration, or of an array of it."""
    return is_of(column.type, name)


def is_of(found: SqlType | None, name: str) -> bool:
    """Whether a type is an enumeration, or an array of it."""
    if found is None:
        return False
    return (found.is_enum and found.text == name) or found.text.lower() == f"{name}[]".lower()


def depends_on(name: str) -> Callable[[Column], bool]:
    """Whether a column keeps an enumeration from being dropped: by its type, or by its default's."""
    return lambda column: has_type(column, name) or is_of(column.default_type, name)


def _copied(table: Table) -> Table:
    made = copy.copy(table)
    made.columns = {name: copy.copy(column) for name, column in table.columns.items()}
    made.uniques = [copy.copy(unique) for unique in table.uniques]
    made.foreign_keys = [copy.copy(foreign_key) for foreign_key in table.foreign_keys]
    made.checks = [copy.copy(check) for check in table.checks]
    made.indexes = [copy.copy(index) for index in table.indexes]
    made.keys = [*table.keys]
    return made
