"""PostgreSQL as far as migrations change it: which statement it takes, and which it refuses."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field

from archlint.service.schema.naming import UNKNOWN, postgresql_name
from archlint.service.schema.tables import Check, Column, ForeignKey, Index, SqlType, Table, Unique
from archlint.service.schema.types import casts, stored
from archlint.service.schema.values import Untold

Key = tuple[str | None, str]


class Refused(Exception):  # noqa: N818 (PostgreSQL's answer, which is what is asked for)
    """A statement that PostgreSQL or Alembic does not take; the message says why."""


@dataclass
class Database:
    """Tables, types, and what the source does not tell of them.

    `untold` has the tables of which nothing is known any more, each with the reason; `blank` is the reason
    when nothing is known of any table.
    """

    tables: dict[Key, Table] = field(default_factory=dict)
    types: dict[str, SqlType] = field(default_factory=dict)
    untold: dict[Key, str] = field(default_factory=dict)
    untold_types: set[str] = field(default_factory=set)
    blank: str | None = None

    def snapshot(self) -> Database:
        """A copy that later statements do not change."""
        return Database(
            {key: _copied(table) for key, table in self.tables.items()},
            dict(self.types),
            dict(self.untold),
            set(self.untold_types),
            self.blank,
        )

    def restore(self, kept: Database) -> None:
        """Be as when the snapshot was taken."""
        self.tables, self.types = kept.tables, kept.types
        self.untold, self.untold_types, self.blank = kept.untold, kept.untold_types, kept.blank

    def table(self, key: Key) -> Table:
        """The table; raises `Refused` where there is none, `Untold` where the source does not tell."""
        self._tell(key)
        if key not in self.tables:
            raise Refused(f"table `{_title(key)}` does not exist")
        return self.tables[key]

    def has_table(self, key: Key) -> bool | None:
        """Whether there is such a table; None where the source does not tell."""
        return None if self.blank is not None or key in self.untold else key in self.tables

    def forget(self, key: Key, why: str) -> None:
        """Nothing more is known of the table."""
        self.untold.setdefault(key, why)

    def forget_all(self, why: str) -> None:
        """Nothing more is known of anything."""
        self.blank = self.blank or why

    def create_type(self, found: SqlType) -> None:
        """`CREATE TYPE … AS ENUM`."""
        if self._has_type(found.text):
            raise Refused(f"type `{found.text}` exists already")
        self.types[found.text] = found

    def drop_type(self, name: str) -> None:
        """`DROP TYPE`."""
        if not self._has_type(name):
            raise Refused(f"type `{name}` does not exist")
        for table in self.tables.values():
            for column in table.columns.values():
                if column.type is not None and column.type.is_enum and column.type.text == name:
                    raise Refused(f"column `{table.title}.{column.name}` still has type `{name}`")
        del self.types[name]

    def rename_type(self, old: str, new: str) -> None:
        """`ALTER TYPE … RENAME TO`."""
        if not self._has_type(old):
            raise Refused(f"type `{old}` does not exist")
        if self._has_type(new):
            raise Refused(f"type `{new}` exists already")
        found = self.types.pop(old)
        self.types[new] = SqlType(new, True, found.values)
        for table in self.tables.values():
            for column in table.columns.values():
                if column.type is not None and column.type.is_enum and column.type.text == old:
                    column.type = SqlType(new, True, found.values)

    def _has_type(self, name: str) -> bool:
        if self.blank is not None or name in self.untold_types:
            raise Untold(self.blank or f"type `{name}`")
        return name in self.types

    def create_table(self, table: Table) -> None:
        """`CREATE TABLE` with its constraints; its indexes come by `create_index`."""
        self._tell(table.key)
        if table.key in self.tables:
            raise Refused(f"table `{table.title}` exists already")
        made = Table(table.name, table.schema, place=table.place)
        for column in table.columns.values():
            self._check_type(column.type)
            made.columns[column.name] = _as_stored(column)
        self.tables[made.key] = made
        try:
            if table.primary:
                self.add_primary(made.key, table.primary_name, table.primary)
            for unique in table.uniques:
                self.add_unique(made.key, unique)
            for check in table.checks:
                self.add_check(made.key, check)
            for foreign_key in table.foreign_keys:
                self.add_foreign_key(made.key, foreign_key)
        except Refused:
            del self.tables[made.key]
            raise

    def _check_type(self, found: SqlType | None) -> None:
        if found is not None and found.is_enum and not self._has_type(found.text):
            raise Refused(f"type `{found.text}` does not exist")

    def drop_table(self, key: Key, *, cascade: bool = False) -> None:
        """`DROP TABLE`; refused while other tables point at it."""
        self.table(key)
        for other, foreign_key in self._pointing(key):
            if other.key == key:
                continue
            if not cascade:
                title = _title(key)
                raise Refused(f"a foreign key of `{other.title}` still points at table `{title}`")
            other.foreign_keys.remove(foreign_key)
        del self.tables[key]

    def rename_table(self, key: Key, new: str) -> None:
        """`ALTER TABLE … RENAME TO`; names of indexes and constraints stay."""
        table = self.table(key)
        target = (key[0], new)
        if self.has_table(target):
            raise Refused(f"table `{_title(target)}` exists already")
        for _, foreign_key in self._pointing(key):
            foreign_key.target = target
        del self.tables[key]
        table.name = new
        self.tables[target] = table

    def add_column(self, key: Key, column: Column) -> None:
        """`ADD COLUMN`."""
        table = self.table(key)
        if column.name in table.columns:
            raise Refused(f"column `{table.title}.{column.name}` exists already")
        self._check_type(column.type)
        table.columns[column.name] = _as_stored(column)

    def drop_column(self, key: Key, name: str, *, cascade: bool = False) -> None:
        """`DROP COLUMN`, with the indexes and constraints on it."""
        table = self.table(key)
        self._column(table, name)
        for other, foreign_key in self._pointing(key):
            own = other is table and name in foreign_key.columns
            if name in foreign_key.target_columns and not own:
                if not cascade:
                    raise Refused(f"a foreign key of `{other.title}` points at `{table.title}.{name}`")
                other.foreign_keys.remove(foreign_key)
        del table.columns[name]
        table.indexes = [i for i in table.indexes if name not in i.columns and name not in i.used]
        table.uniques = [u for u in table.uniques if name not in u.columns]
        table.checks = [c for c in table.checks if name not in c.columns]
        table.foreign_keys = [f for f in table.foreign_keys if name not in f.columns]
        if name in table.primary:
            table.primary, table.primary_name = (), None

    def rename_column(self, key: Key, old: str, new: str) -> None:
        """`RENAME COLUMN`."""
        table = self.table(key)
        column = self._column(table, old)
        if old == new:
            return
        if new in table.columns:
            raise Refused(f"column `{table.title}.{new}` exists already")
        column.name = new
        table.columns = {c.name: c for c in table.columns.values()}
        table.primary = _renamed(table.primary, old, new)
        for unique in table.uniques:
            unique.columns = _renamed(unique.columns, old, new)
        for check in table.checks:
            check.columns = _renamed(check.columns, old, new)
        for index in table.indexes:
            index.columns = tuple(new if name == old else name for name in index.columns)
            index.used = frozenset(_renamed(tuple(index.used), old, new))
        for foreign_key in table.foreign_keys:
            foreign_key.columns = _renamed(foreign_key.columns, old, new)
        for _, foreign_key in self._pointing(key):
            foreign_key.target_columns = _renamed(foreign_key.target_columns, old, new)

    def change_type(self, key: Key, name: str, new: SqlType | None, *, using: bool) -> None:
        """`ALTER COLUMN … TYPE`; refused where PostgreSQL has no cast, for values or for the default."""
        column = self._column(self.table(key), name)
        self._check_type(new)
        if new is not None and column.type is not None:
            target = stored(new)
            if not using and casts(column.type, target) is False:
                old = column.type.text
                raise Refused(
                    f"`{name}` cannot be cast from {old} to {target.text} without `postgresql_using`"
                )
            if column.default is not None and casts(column.type, target) is False:
                raise Refused(f"the default of `{name}` cannot be cast to {target.text}")
        column.type = None if new is None else stored(new)

    def column(self, key: Key, name: str) -> Column:
        """A column of a table."""
        return self._column(self.table(key), name)

    def _column(self, table: Table, name: str) -> Column:
        if name not in table.columns:
            raise Refused(f"column `{table.title}.{name}` does not exist")
        return table.columns[name]

    def create_index(self, key: Key, index: Index) -> None:
        """`CREATE INDEX`; names are unique in a schema."""
        table = self.table(key)
        self._columns(table, tuple(name for name in index.columns if name is not None))
        self._free(index.name, table.schema)
        table.indexes.append(index)

    def drop_index(self, schema: str | None, name: str) -> None:
        """`DROP INDEX`; refused for one that belongs to a constraint, or that a foreign key needs."""
        for table in self._of_schema(schema):
            found = next((index for index in table.indexes if index.name == name), None)
            if found is not None:
                table.indexes.remove(found)
                try:
                    self._check_pointing(table, f"index `{name}`")
                except Refused:
                    table.indexes.append(found)
                    raise
                return
            if name in {*(unique.name for unique in table.uniques), table.primary_name}:
                raise Refused(f"index `{name}` belongs to a constraint of `{table.title}`")
        self._certain()
        raise Refused(f"index `{name}` does not exist")

    def add_primary(self, key: Key, name: str | None, columns: tuple[str, ...]) -> None:
        """`ADD PRIMARY KEY`; its columns become `NOT NULL`."""
        table = self.table(key)
        if table.primary:
            raise Refused(f"table `{table.title}` has a primary key already")
        self._columns(table, columns)
        name = name or postgresql_name(table.name, (), "pkey", self._relations(table.schema))
        self._free(name, table.schema)
        table.primary, table.primary_name = columns, name
        for column in columns:
            table.columns[column].nullable = False

    def add_unique(self, key: Key, unique: Unique) -> None:
        """`ADD UNIQUE`."""
        table = self.table(key)
        self._columns(table, unique.columns)
        taken = self._relations(table.schema)
        name = unique.name or postgresql_name(table.name, unique.columns, "key", taken)
        self._free(name, table.schema)
        self._free_constraint(table, name)
        table.uniques.append(Unique(name, unique.columns))

    def add_check(self, key: Key, check: Check) -> None:
        """`ADD CHECK`."""
        table = self.table(key)
        if check.name is not None:
            self._free_constraint(table, check.name)
        table.checks.append(Check(check.name or UNKNOWN, check.columns))

    def add_foreign_key(self, key: Key, foreign_key: ForeignKey) -> None:
        """`ADD FOREIGN KEY`; what it points at must be a key."""
        table = self.table(key)
        self._columns(table, foreign_key.columns)
        name = foreign_key.name or postgresql_name(
            table.name, foreign_key.columns, "fkey", set(table.constraint_names())
        )
        self._free_constraint(table, name)
        made = copy.copy(foreign_key)
        made.name = name
        if self.has_table(foreign_key.target) is not None:
            target = self.table(foreign_key.target)
            made.target_columns = foreign_key.target_columns or target.primary
            self._columns(target, made.target_columns)
            if not target.has_key(made.target_columns):
                columns = ", ".join(made.target_columns)
                raise Refused(f"no unique constraint is on `{target.title}` ({columns})")
        table.foreign_keys.append(made)

    def drop_constraint(self, key: Key, name: str) -> None:
        """`DROP CONSTRAINT`."""
        table = self.table(key)
        if name == table.primary_name:
            kept = table.primary
            table.primary, table.primary_name = (), None
            try:
                self._check_pointing(table, f"constraint `{name}`")
            except Refused:
                table.primary, table.primary_name = kept, name
                raise
            return
        if self._remove_named(table, name):
            return
        if UNKNOWN in table.constraint_names():
            raise Untold("the name of a constraint")
        raise Refused(f"table `{table.title}` has no constraint `{name}`")

    def _remove_named(self, table: Table, name: str) -> bool:
        for unique in table.uniques:
            if unique.name == name:
                table.uniques.remove(unique)
                try:
                    self._check_pointing(table, f"constraint `{name}`")
                except Refused:
                    table.uniques.append(unique)
                    raise
                return True
        for foreign_key in table.foreign_keys:
            if foreign_key.name == name:
                table.foreign_keys.remove(foreign_key)
                return True
        for check in table.checks:
            if check.name == name:
                table.checks.remove(check)
                return True
        return False

    def _check_pointing(self, table: Table, what: str) -> None:
        """Refuse to leave a foreign key without the key that it points at."""
        for other, foreign_key in self._pointing(table.key):
            if foreign_key.target_columns and not table.has_key(foreign_key.target_columns):
                raise Refused(f"a foreign key of `{other.title}` needs {what}")

    def _pointing(self, key: Key) -> Iterator[tuple[Table, ForeignKey]]:
        for table in list(self.tables.values()):
            for foreign_key in list(table.foreign_keys):
                if foreign_key.target == key and table.key not in self.untold:
                    yield table, foreign_key

    def _columns(self, table: Table, names: tuple[str, ...]) -> None:
        for name in names:
            self._column(table, name)

    def _of_schema(self, schema: str | None) -> Iterator[Table]:
        return (t for t in self.tables.values() if t.schema == schema and t.key not in self.untold)

    def _relations(self, schema: str | None) -> set[str]:
        """The names of a schema's tables and indexes, constraints' own included."""
        taken: set[str] = set()
        for table in self.tables.values():
            if table.schema == schema:
                taken |= {table.name, *(index.name for index in table.indexes)}
                taken |= {unique.name or "" for unique in table.uniques}
                taken |= {table.primary_name} if table.primary_name else set()
        return taken

    def _free(self, name: str, schema: str | None) -> None:
        if name == UNKNOWN:
            return
        if name in self._relations(schema):
            raise Refused(f"`{name}` exists already")

    def _free_constraint(self, table: Table, name: str) -> None:
        if name != UNKNOWN and name in set(table.constraint_names()):
            raise Refused(f"table `{table.title}` has a constraint `{name}` already")

    def _tell(self, key: Key) -> None:
        why = self.blank or self.untold.get(key)
        if why is not None:
            raise Untold(why)

    def _certain(self) -> None:
        if self.blank is not None or self.untold:
            raise Untold(self.blank or "a table that cannot be replayed")


def _title(key: Key) -> str:
    return f"{key[0]}.{key[1]}" if key[0] else key[1]


def _copied(table: Table) -> Table:
    made = copy.copy(table)
    made.columns = {name: copy.copy(column) for name, column in table.columns.items()}
    made.uniques = [copy.copy(unique) for unique in table.uniques]
    made.foreign_keys = [copy.copy(foreign_key) for foreign_key in table.foreign_keys]
    made.checks = [copy.copy(check) for check in table.checks]
    made.indexes = [copy.copy(index) for index in table.indexes]
    return made


def _as_stored(column: Column) -> Column:
    made = copy.copy(column)
    made.type = None if column.type is None else stored(column.type)
    return made


def _renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in columns)
