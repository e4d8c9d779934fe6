"""What PostgreSQL makes of a new name: for a type, a table, a column, a constraint or an index."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.service.schema.core.naming import UNKNOWN
from archlint.service.schema.core.tables import SqlType, Table, TableKey
from archlint.service.schema.postgresql import refusals
from archlint.service.schema.postgresql.catalog import Catalog, depends_on, has_type, is_of
from archlint.service.schema.postgresql.refusals import Refused
from archlint.service.schema.sqlalchemy.values import Untold


class Renaming(Catalog):
    """A database whose parts get other names."""

    def rename_type(self, old: str, new: str) -> None:
        """`ALTER TYPE … RENAME TO`."""
        if not self._has_type(old):
            raise refusals.no_type(old)
        if self._has_type(new):
            raise refusals.type_exists(new)
        found = self.types.pop(old)
        self.block.rename_type(old, new)
        self.types[new] = SqlType(new, True, found.values)
        for table in self.tables.values():
            for column in filter(depends_on(old), table.columns.values()):
                self._touch(table.key)
                if has_type(column, old):
                    column.type = _of_type(column.type, new, found.values)
                if is_of(column.default_type, old):
                    column.default_type = _of_type(column.default_type, new, found.values)

    def rename_table(self, key: TableKey, new: str) -> None:
        """`ALTER TABLE … RENAME TO`; names of indexes and constraints stay."""
        table = self.table(key)
        target = (key[0], new)
        self._tell(target)
        self._free(new, key[0])
        for other, foreign_key in self._pointing(key):
            self._touch(other.key)
            foreign_key.target = target
        self._unbind_views(key)
        self._touch(target)
        del self.tables[key]
        self.dropped.add(key)
        table.name = new
        self.tables[target] = table

    def rename_column(self, key: TableKey, old: str, new: str) -> None:
        """`RENAME COLUMN`."""
        table = self.table(key)
        self._unbind_views(key)
        if old not in table.columns:
            raise Refused(f'column "{old}" does not exist')
        if new in table.columns:
            raise refusals.column_exists(key, new)
        column = table.columns[old]
        column.name = new
        table.columns = {c.name: c for c in table.columns.values()}
        table.primary = _renamed(table.primary, old, new)
        for unique in table.uniques:
            unique.columns = _renamed(unique.columns, old, new)
        for check in table.checks:
            check.columns = check.columns and _renamed(check.columns, old, new)
        for index in table.indexes:
            index.columns = tuple(new if name == old else name for name in index.columns)
            index.used = frozenset(_renamed(tuple(index.used), old, new))
        for foreign_key in table.foreign_keys:
            foreign_key.columns = _renamed(foreign_key.columns, old, new)
        for other, foreign_key in self._pointing(key):
            self._touch(other.key)
            foreign_key.target_columns = _renamed(foreign_key.target_columns, old, new)

    def rename_constraint(self, key: TableKey, old: str, new: str) -> None:
        """`ALTER TABLE … RENAME CONSTRAINT`; the index of a key gets the name, too."""
        table = self.table(key)
        if old not in set(table.constraint_names()):
            if UNKNOWN in table.constraint_names():
                raise Untold("the name of a constraint")
            raise Refused(f'constraint "{old}" for table "{table.name}" does not exist')
        if old in table.keys:
            self._free(new, table.schema)
        self._rename_part(table, old, new)

    def rename_index(self, schema: str | None, old: str, new: str) -> None:
        """`ALTER INDEX … RENAME TO`; a key's index and its constraint have one name."""
        for table in self._of_schema(schema):
            if old in {*(index.name for index in table.indexes), *table.keys}:
                self._touch(table.key)
                self._free(new, table.schema)
                self._rename_part(table, old, new)
                return
        self._certain()
        raise refusals.no_relation((schema, old))

    def _rename_part(self, table: Table, old: str, new: str) -> None:
        table.primary_name = new if table.primary_name == old else table.primary_name
        table.keys = list(_renamed(tuple(table.keys), old, new))
        table.indexes = [replace(one, name=new) if one.name == old else one for one in table.indexes]
        table.uniques = [replace(one, name=new) if one.name == old else one for one in table.uniques]
        table.checks = [replace(one, name=new) if one.name == old else one for one in table.checks]
        for foreign_key in table.foreign_keys:
            foreign_key.name = new if foreign_key.name == old else foreign_key.name
        for other, foreign_key in self._pointing(table.key):
            self._touch(other.key)
            foreign_key.needs = new if foreign_key.needs == old else foreign_key.needs


def _of_type(kind: SqlType | None, name: str, labels: tuple[str, ...] | None) -> SqlType:
    """The type under its new name; an array of it stays one."""
    is_array = kind is not None and kind.text.endswith("[]")
    return SqlType(f"{name}[]") if is_array else SqlType(name, True, labels)


def _renamed(columns: tuple[str, ...], old: str, new: str) -> tuple[str, ...]:
    return tuple(new if name == old else name for name in columns)
