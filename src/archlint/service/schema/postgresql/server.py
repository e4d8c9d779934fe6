"""PostgreSQL as far as migrations change it: which statement it takes, and which it refuses."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator

from archlint.service.schema.core.naming import UNKNOWN, postgresql_name
from archlint.service.schema.core.tables import (
    Check,
    Column,
    ForeignKey,
    Index,
    SqlType,
    Table,
    TableKey,
    Unique,
)
from archlint.service.schema.postgresql import refusals
from archlint.service.schema.postgresql.casts import (
    asked_casts,
    casts,
    compares,
    default_type,
    is_ordered,
    shown,
)
from archlint.service.schema.postgresql.catalog import depends_on, distinct, has_type
from archlint.service.schema.postgresql.refusals import Refused
from archlint.service.schema.postgresql.renaming import Renaming
from archlint.service.schema.sqlalchemy.types import stored
from archlint.service.schema.sqlalchemy.values import Untold

_LITERAL = re.compile(r"'(?P<text>(?:[^']|'')*)'(?:::|$)")
"""A default that is one text."""


class Database(Renaming):
    """A database that takes statements; one that PostgreSQL would not take raises `Refused`."""

    def create_type(self, found: SqlType) -> None:
        """`CREATE TYPE … AS ENUM`."""
        if self._has_type(found.text) or self.has_table((None, found.text)):
            raise refusals.type_exists(found.text)
        self.types[found.text] = found
        self.block.young.add(found.text)

    def holders(self, name: str) -> Iterator[tuple[str, str]]:
        """The tables and columns that have an enumeration."""
        for table in self.tables.values():
            columns = (column for column in table.columns.values() if has_type(column, name))
            yield from ((table.name, column.name) for column in columns)

    def drop_type(self, name: str) -> None:
        """`DROP TYPE`; refused while a column has it."""
        self.block.drop_type(name)
        if not self._has_type(name):
            raise refusals.no_type(name)
        users = [
            table for table in self.tables.values() if any(map(depends_on(name), table.columns.values()))
        ]
        if any(table.key not in self.untold for table in users):
            raise refusals.needed(f"type {refusals.quoted(name)}")
        if users:
            raise Untold(self.untold[users[0].key])
        del self.types[name]

    def labels(self, name: str) -> tuple[str, ...] | None:
        """The labels that an enumeration was made with; None where the source does not tell."""
        return self.types[name].values if name in self.types and name not in self.untold_types else None

    def create_table(self, table: Table) -> None:
        """`CREATE TABLE` with its constraints; its indexes come by `create_index`."""
        self._tell(table.key)
        made = Table(table.name, table.schema, place=table.place, comment=table.comment)
        for column in table.columns.values():
            self._check_type(column.type)
            self._check_label(column.type, column.default)
            made.columns[column.name] = _as_stored(column)
        self._free(table.name, table.schema)
        if table.schema is None and table.name in self.types:
            raise refusals.type_exists(table.name)
        self._touch(made.key)
        self.tables[made.key] = made
        try:
            if table.primary:
                self.add_primary(made.key, table.primary_name, table.primary)
            for unique in distinct(table):
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
            raise refusals.no_type(found.text)

    def drop_table(self, key: TableKey, *, cascade: bool = False) -> None:
        """`DROP TABLE`; refused while other tables point at it."""
        if self.has_table(key) is False:
            raise refusals.no_table(key)
        self.table(key)
        for other, foreign_key in self._pointing(key):
            if other.key == key:
                continue
            if not cascade:
                raise refusals.needed(refusals.table_words(key))
            self._touch(other.key)
            other.foreign_keys.remove(foreign_key)
        self._unviewed(key, refusals.table_words(key), cascade=cascade)
        del self.tables[key]
        self.dropped.add(key)
        self.filled.discard(key)
        self.objects = {one for one in self.objects if one.on != key}

    def add_column(self, key: TableKey, column: Column) -> None:
        """`ADD COLUMN`."""
        table = self.table(key)
        self._check_type(column.type)
        if column.name in table.columns:
            raise refusals.column_exists(key, column.name)
        self._check_label(column.type, column.default)
        table.columns[column.name] = _as_stored(column)

    def check_rows(self, key: TableKey, column: Column) -> None:
        """Refuse a column that the rows of the table have no value for."""
        if key in self.filled and column.nullable is False and column.default is None and not column.computed:
            raise Refused(f'column "{column.name}" of relation "{key[1]}" contains null values')

    def drop_column(self, key: TableKey, name: str, *, cascade: bool = False) -> None:
        """`DROP COLUMN`, with the indexes and constraints on it."""
        table = self.table(key)
        self._column(table, name)
        for other, foreign_key in self._pointing(key):
            own = other is table and name in foreign_key.columns
            if name in foreign_key.target_columns and not own:
                if not cascade:
                    raise refusals.needed(f"column {name} of {refusals.table_words(key)}")
                self._touch(other.key)
                other.foreign_keys.remove(foreign_key)
        self._unviewed(key, f"column {name} of {refusals.table_words(key)}", name, cascade=cascade)
        del table.columns[name]
        table.indexes = [i for i in table.indexes if name not in i.columns and name not in i.used]
        table.uniques = [u for u in table.uniques if name not in u.columns]
        table.checks = [c for c in table.checks if name not in (c.columns or ())]
        for check in table.checks:
            check.name = UNKNOWN if check.columns is None else check.name
        table.foreign_keys = [f for f in table.foreign_keys if name not in f.columns]
        if name in table.primary:
            table.primary, table.primary_name = (), None

    def change_type(
        self, key: TableKey, name: str, new: SqlType | None, *, using: bool, cast: SqlType | None = None
    ) -> None:
        """`ALTER COLUMN … TYPE`; refused where PostgreSQL has no cast, for values or for the default.

        `cast` is the type to which `USING` converts the column itself, None where it says anything else.
        """
        table = self.table(key)
        column = self._column(table, name)
        self._check_type(new)
        target = None if new is None else stored(new)
        if target is not None:
            self._check_cast(column, target, using, cast)
            if column.default_type is not None and casts(column.default_type, target) is False:
                raise refusals.no_default_cast(name, shown(target))
        kept, column.type = column.type, target
        try:
            self._check_keys(table, name)
        except Refused:
            column.type = kept
            raise

    def _check_cast(self, column: Column, target: SqlType, using: bool, cast: SqlType | None) -> None:
        if column.type is None:
            return
        if not using and casts(column.type, target) is False:
            raise refusals.no_cast(column.name, shown(target))
        if cast is not None and asked_casts(column.type, cast) is False:
            raise Refused(f"cannot cast type {shown(column.type)} to {shown(cast)}")

    def _check_keys(self, table: Table, name: str) -> None:
        """Refuse a column's new type where its keys, or foreign keys from or to it, cannot have it."""
        keys = [table.primary, *(unique.columns for unique in table.uniques)]
        for columns in keys:
            if name in columns:
                self._check_order(table, columns)
        for other, foreign_key in self._pointing(table.key):
            if name in foreign_key.target_columns:
                self._check_comparison(other, foreign_key)
        for foreign_key in table.foreign_keys:
            if name in foreign_key.columns and foreign_key.target not in self.untold:
                self._check_comparison(table, foreign_key)

    def _check_order(self, table: Table, columns: tuple[str, ...]) -> None:
        for name in columns:
            found = table.columns[name].type if name in table.columns else None
            if found is not None and not is_ordered(found):
                raise refusals.no_order(shown(found))

    def _check_comparison(self, table: Table, foreign_key: ForeignKey) -> None:
        target = self.tables.get(foreign_key.target)
        if target is None:
            return
        for name, other in zip(foreign_key.columns, foreign_key.target_columns, strict=False):
            one = table.columns[name].type if name in table.columns else None
            two = target.columns[other].type if other in target.columns else None
            if one is not None and two is not None and compares(two, one) is False:
                raise refusals.incomparable(foreign_key.name or UNKNOWN)

    def set_nullable(self, key: TableKey, name: str, nullable: bool | None) -> None:
        """`SET NOT NULL` and `DROP NOT NULL`."""
        table = self.table(key)
        column = self._column(table, name)
        if nullable and name in table.primary:
            raise Refused(f'column "{name}" is in a primary key')
        column.nullable = nullable

    def set_default(self, key: TableKey, name: str, default: str | None) -> None:
        """`SET DEFAULT` and `DROP DEFAULT`."""
        column = self._column(self.table(key), name)
        self._check_label(column.type, default)
        column.default, column.default_type = default, default_type(default, column.type)

    def _check_label(self, found: SqlType | None, default: str | None) -> None:
        if found is None or not found.is_enum:
            return
        self.block.check_default(default, found.text)
        written = _LITERAL.match(default or "")
        labels = None if found.text in self.block.changed else self.labels(found.text)
        if written and labels and written["text"].replace("''", "'") not in labels:
            raise refusals.no_label(found.text, written["text"])

    def column(self, key: TableKey, name: str) -> Column:
        """A column; raises `Refused` where there is none, `Untold` where the source does not tell."""
        return self._column(self.table(key), name)

    def _column(self, table: Table, name: str) -> Column:
        if name not in table.columns:
            raise refusals.no_column(table.key, name)
        return table.columns[name]

    def create_index(self, key: TableKey, index: Index) -> None:
        """`CREATE INDEX`; names are unique in a schema."""
        table = self.table(key)
        self._free(index.name, table.schema)
        for name in index.columns:
            if name is not None and name not in table.columns:
                raise Refused(f'column "{name}" does not exist')
        table.indexes.append(index)
        if index.unique:
            table.add_key(index.name)

    def drop_index(self, schema: str | None, name: str) -> None:
        """`DROP INDEX`; refused for one that belongs to a constraint, or that a foreign key needs."""
        for table in self._of_schema(schema):
            found = next((index for index in table.indexes if index.name == name), None)
            if found is not None:
                self._check_unneeded(table, name, f"index {refusals.quoted(name)}")
                self._touch(table.key)
                table.indexes.remove(found)
                return
            if name in {*(unique.name for unique in table.uniques), table.primary_name}:
                index, owner = refusals.quoted(name), refusals.table_words(table.key)
                raise Refused(f"cannot drop index {index} because constraint {name} on {owner} requires it")
        for (of, _), view in self.views.items():
            if of == schema and name in view.indexes:
                view.indexes.remove(name)
                return
        self._certain()
        raise Refused(f'index "{name}" does not exist')

    def add_primary(self, key: TableKey, name: str | None, columns: tuple[str, ...]) -> None:
        """`ADD PRIMARY KEY`; its columns become `NOT NULL`."""
        table = self.table(key)
        if table.primary:
            raise Refused(f'multiple primary keys for table "{table.name}" are not allowed')
        self._check_key_columns(table, columns)
        name = name or postgresql_name(table.name, (), "pkey", self._relations(table.schema))
        self._free(name, table.schema)
        self._check_order(table, columns)
        table.primary, table.primary_name = columns, name
        table.add_key(name)
        for column in columns:
            table.columns[column].nullable = False

    def _check_key_columns(self, table: Table, columns: tuple[str, ...]) -> None:
        for name in columns:
            if name not in table.columns:
                raise Refused(f'column "{name}" named in key does not exist')

    def add_unique(self, key: TableKey, unique: Unique) -> None:
        """`ADD UNIQUE`."""
        table = self.table(key)
        self._check_key_columns(table, unique.columns)
        taken = self._relations(table.schema)
        name = unique.name or postgresql_name(table.name, unique.columns, "key", taken)
        self._free(name, table.schema)
        self._free_constraint(table, name)
        self._check_order(table, unique.columns)
        table.uniques.append(Unique(name, unique.columns, unique.nulls_distinct))
        table.add_key(name)

    def add_check(self, key: TableKey, check: Check) -> None:
        """`ADD CHECK`."""
        table = self.table(key)
        if check.name is not None:
            self._free_constraint(table, check.name)
        table.checks.append(Check(check.name or UNKNOWN, check.columns))

    def add_foreign_key(self, key: TableKey, foreign_key: ForeignKey) -> None:
        """`ADD FOREIGN KEY`; what it points at must be a key of types that compare."""
        table = self.table(key)
        name = foreign_key.name or postgresql_name(
            table.name, foreign_key.columns, "fkey", set(table.constraint_names())
        )
        made = copy.copy(foreign_key)
        made.name, made.written_schema = name, ""
        target = None if self.has_table(foreign_key.target) is None else self.table(foreign_key.target)
        self._free_constraint(table, name)
        self._check_pointing_columns(table, foreign_key.columns)
        if target is not None:
            made.target_columns = foreign_key.target_columns or target.primary
            self._check_pointing_columns(target, made.target_columns)
            made.needs = target.key_on(made.target_columns)
            if made.needs is None:
                raise refusals.no_key(target.name)
            self._check_comparison(table, made)
        table.foreign_keys.append(made)

    def _check_pointing_columns(self, table: Table, columns: tuple[str, ...]) -> None:
        for name in columns:
            if name not in table.columns:
                raise Refused(f'column "{name}" referenced in foreign key constraint does not exist')

    def drop_constraint(self, key: TableKey, name: str) -> None:
        """`DROP CONSTRAINT`; refused for a key that a foreign key needs."""
        table = self.table(key)
        if name not in set(table.constraint_names()):
            if UNKNOWN in table.constraint_names():
                raise Untold("the name of a constraint")
            raise refusals.no_constraint(key, name)
        self._check_unneeded(table, name, f"constraint {name} on {refusals.table_words(key)}")
        if name == table.primary_name:
            table.primary, table.primary_name = (), None
        table.uniques = [unique for unique in table.uniques if unique.name != name]
        table.foreign_keys = [found for found in table.foreign_keys if found.name != name]
        table.checks = [check for check in table.checks if check.name != name]

    def _check_unneeded(self, table: Table, name: str, what: str) -> None:
        """Refuse to leave a foreign key without the key that it uses."""
        if any(foreign_key.needs == name for _, foreign_key in self._pointing(table.key)):
            raise refusals.needed(what)


def _as_stored(column: Column) -> Column:
    made = copy.copy(column)
    made.type = None if column.type is None else stored(column.type)
    made.default_type = default_type(made.default, made.type)
    return made
