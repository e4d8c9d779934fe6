"""`alembic.op`: what each operation does to the database, as `alembic/operations/ops.py` declares them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from msgspec import Struct

from archlint.service.interpreter.values import Arguments, Value, settled, text
from archlint.service.schema.core.naming import UNKNOWN, Convention, shortened
from archlint.service.schema.core.tables import MAX_NAME, Check, ForeignKey, SqlType, Table, TableKey, Unique
from archlint.service.schema.postgresql.definitions import own_cast
from archlint.service.schema.postgresql.identifiers import schema_of
from archlint.service.schema.postgresql.refusals import Impossible, Refused
from archlint.service.schema.postgresql.server import Database
from archlint.service.schema.sqlalchemy.elements import (
    Builder,
    location,
    made_name,
    missing_columns,
    read_column,
    read_comment,
    read_default,
    used_columns,
)
from archlint.service.schema.sqlalchemy.types import created_enum, read_type
from archlint.service.schema.sqlalchemy.values import Element, EnumObject, Untold, flag, string, strings

SIGNATURES: Mapping[str, tuple[tuple[str, ...], int]] = {
    "create_table": (("table_name",), 1),
    "drop_table": (("table_name",), 1),
    "rename_table": (("old_table_name", "new_table_name"), 2),
    "add_column": (("table_name", "column"), 2),
    "drop_column": (("table_name", "column_name"), 2),
    "alter_column": (("table_name", "column_name"), 2),
    "create_index": (("index_name", "table_name", "columns"), 3),
    "drop_index": (("index_name", "table_name"), 1),
    "create_unique_constraint": (("constraint_name", "table_name", "columns"), 3),
    "create_primary_key": (("constraint_name", "table_name", "columns"), 3),
    "create_check_constraint": (("constraint_name", "table_name", "condition"), 3),
    "create_exclude_constraint": (("constraint_name", "table_name"), 2),
    "create_foreign_key": (
        ("constraint_name", "source_table", "referent_table", "local_cols", "remote_cols"),
        5,
    ),
    "drop_constraint": (("constraint_name", "table_name", "type_"), 2),
    "create_table_comment": (("table_name", "comment"), 1),
    "drop_table_comment": (("table_name",), 1),
}
"""The positional parameters of each operation, and how many of them it needs."""


class GivenArguments(Struct, dict=True):
    """The arguments of one operation, its positional ones by name."""

    arguments: Arguments
    names: tuple[str, ...]

    def value(self, name: str, default: Value = None) -> Value:
        """An argument."""
        if name in self.arguments.keywords:
            return settled(self.arguments.keywords[name])
        position = self.names.index(name) if name in self.names else len(self.arguments.args)
        return settled(self.arguments.args[position]) if position < len(self.arguments.args) else default

    def text(self, name: str) -> str:
        """An argument that must be a string, or one in `op.f(…)`, which is a string, too."""
        value = self.value(name)
        is_marked = isinstance(value, Element) and value.kind == "f" and len(value.args) == 1
        return string(value.args[0] if is_marked else value, f"`{name}`")

    def schema(self, name: str = "schema") -> str | None:
        """The schema, None for the default one."""
        value = self.value(name)
        found = None if value is None else string(value, "a schema")
        return schema_of(found or "")

    def key(self, name: str = "table_name", schema: str = "schema") -> TableKey:
        """The table that the operation is about."""
        return self.schema(schema), self.text(name)[:MAX_NAME]


def given(name: str, arguments: Arguments) -> GivenArguments:
    """The arguments of `op.name(…)`; raises `Refused` where Python would."""
    names, needed = SIGNATURES[name]
    if not arguments.complete:
        raise Untold(f"the arguments of `op.{name}`")
    missing = [
        word
        for position, word in enumerate(names[:needed])
        if position >= len(arguments.args) and word not in arguments.keywords
    ]
    if missing:
        raise Impossible(f"`op.{name}` lacks the argument `{missing[0]}`")
    return GivenArguments(arguments, names)


class AlembicOperations(Struct, dict=True):
    """Does operations to a database. `memo` has the enumerations that this run of Alembic has created."""

    database: Database
    convention: Convention
    memo: set[str]

    def apply(self, name: str, arguments: Arguments) -> None:
        """Do `op.name(arguments)`; raises `Refused` or `Untold`."""
        _OPERATIONS[name](self, given(name, arguments))

    def builder(self) -> Builder:
        """What puts elements on tables under the metadata's naming convention."""
        return Builder(self.convention)

    def create_table(self, it: GivenArguments) -> None:
        """`create_table`; enumerations of its columns are created, once for each run."""
        schema, name = it.key()
        table = Table(name, schema, place=location(it.arguments.place))
        table.comment = read_comment(it.value("comment"))
        if self._spared(it, "if_not_exists", self.database.has_table(table.key) is not False):
            return
        Builder(self.convention, created=True).fill(table, it.arguments.args[1:])
        for column in table.columns.values():
            found = created_enum(column.type)
            if found is not None and found.text not in self.memo:
                self.memo.add(found.text)
                self.database.create_type(found)
        indexes, table.indexes = table.indexes, []
        self.database.create_table(table)
        for index in indexes:
            self.database.create_index(table.key, index)

    def _spared(self, it: GivenArguments, word: str, condition: bool) -> bool:
        """Whether `if_exists` or `if_not_exists` keeps PostgreSQL from doing it."""
        asked = flag(it.value(word))
        if asked is None:
            raise Untold(f"`{word}`")
        return asked and condition

    def drop_table(self, it: GivenArguments) -> None:
        """`drop_table`; enumerations stay."""
        if not self._spared(it, "if_exists", self.database.has_table(it.key()) is False):
            self.database.drop_table(it.key())

    def comment_on_table(self, it: GivenArguments) -> None:
        """`create_table_comment` and `drop_table_comment`, which has none to give."""
        self.database.table(it.key()).comment = read_comment(it.value("comment"))

    def rename_table(self, it: GivenArguments) -> None:
        """`rename_table`."""
        self.database.rename_table(it.key("old_table_name"), it.text("new_table_name"))

    def add_column(self, it: GivenArguments) -> None:
        """`add_column`, with the constraints and indexes of the column itself."""
        value = it.value("column")
        if not isinstance(value, Element):
            raise Untold("a column that is computed")
        spec = read_column(value)
        key = it.key()
        table = self.database.table(key)
        if self._spared(it, "if_not_exists", spec.column.name in table.columns):
            return
        primary, spec.primary = spec.primary and bool(flag(it.value("inline_primary_key"))), False
        shadow = Table(table.name, table.schema)
        self.builder().add_columns(shadow, [spec])
        self.database.check_rows(key, spec.column)
        self.database.add_column(key, spec.column)
        if primary:
            self.database.add_primary(key, None, (spec.column.name,))
        for unique in shadow.uniques:
            self.database.add_unique(key, unique)
        for check in shadow.checks:
            self.database.add_check(key, check)
        for foreign_key in shadow.foreign_keys:
            self.database.add_foreign_key(key, foreign_key)
        for index in shadow.indexes:
            self.database.create_index(key, index)

    def drop_column(self, it: GivenArguments) -> None:
        """`drop_column`."""
        key, name = it.key(), it.text("column_name")
        if not self._spared(it, "if_exists", name not in self.database.table(key).columns):
            self.database.drop_column(key, name)

    def alter_column(self, it: GivenArguments) -> None:
        """`alter_column`: type, nullability, default and name, in the order of Alembic's PostgreSQL."""
        key, name = it.key(), it.text("column_name")
        type_, nullable, renamed = it.value("type_"), it.value("nullable"), it.value("new_column_name")
        default = it.value("server_default", False)
        if type_ is not None:
            using = it.value("postgresql_using")
            cast = own_cast(text(using), name, self.database)
            self.database.change_type(key, name, read_type(type_), using=using is not None, cast=cast)
        if nullable is not None:
            self.database.set_nullable(key, name, flag(nullable))
        if default is not False:
            self.database.set_default(key, name, read_default(default))
        comment = it.value("comment", False)
        if comment is not False:
            self.database.column(key, name).comment = read_comment(comment)
        if renamed is not None:
            self.database.rename_column(key, name, string(renamed, "`new_column_name`"))

    def create_index(self, it: GivenArguments) -> None:
        """`create_index`."""
        self._concurrently(it, "CREATE INDEX CONCURRENTLY")
        key = it.key()
        columns = it.value("columns")
        if not isinstance(columns, list | tuple):
            raise Untold("the columns of an index")
        if key in self.database.views:
            self.database.views[key].indexes.add(string(it.value("index_name"), "the name of an index"))
            return
        table = self.database.table(key)
        args = (it.value("index_name"), *columns)
        element = Element("sqlalchemy.Index", args, it.arguments.keywords, it.arguments.place)
        index = Builder(self.convention, created=True).index(table, element)
        exists = self.database.has_index(table.schema, index.name)
        if not self._spared(it, "if_not_exists", exists):
            self.database.create_index(key, index)

    def _concurrently(self, it: GivenArguments, statement: str) -> None:
        asked = flag(it.value("postgresql_concurrently"))
        if asked is None:
            raise Untold("`postgresql_concurrently`")
        if asked:
            self.database.block.forbid(statement)

    def drop_index(self, it: GivenArguments) -> None:
        """`drop_index`; the table's name only tells where a schema is."""
        self._concurrently(it, "DROP INDEX CONCURRENTLY")
        name = self._given_name(it, "index_name")
        if it.value("table_name") is not None:
            self.database.has_table(it.key())
        schema = it.schema()
        if not self._spared(it, "if_exists", not self.database.has_index(schema, name)):
            self.database.drop_index(schema, name)

    def _given_name(self, it: GivenArguments, word: str) -> str:
        value = it.value(word)
        if isinstance(value, Element) and value.args:
            return shortened(string(value.args[0], "a name"))
        if value is None:
            raise Impossible("the index cannot be dropped: it has no name")
        return string(value, "a name")

    def create_unique_constraint(self, it: GivenArguments) -> None:
        """`create_unique_constraint`."""
        key, columns = it.key(), strings(it.value("columns"), "the columns of a unique constraint")
        table = self.database.table(key)
        name = made_name(self.convention, ("uq", table, columns, None), it.value("constraint_name"))
        distinct = not flag(it.value("postgresql_nulls_not_distinct"))
        self.database.add_unique(key, Unique(name, columns, distinct))

    def create_primary_key(self, it: GivenArguments) -> None:
        """`create_primary_key`."""
        key, columns = it.key(), strings(it.value("columns"), "the columns of a primary key")
        table = self.database.table(key)
        name = made_name(self.convention, ("pk", table, columns, None), it.value("constraint_name"))
        self.database.add_primary(key, name, columns)

    def create_check(self, it: GivenArguments) -> None:
        """`create_check_constraint` and `create_exclude_constraint`."""
        key = it.key()
        table = self.database.table(key)
        name = made_name(self.convention, ("ck", table, (), None), it.value("constraint_name"))
        conditions = [it.value("condition")] if "condition" in it.names else it.arguments.args[2:]
        for missing in missing_columns(table, conditions):
            raise Refused(f'column "{missing}" does not exist')
        self.database.add_check(key, Check(name, used_columns(table, conditions)))

    def create_foreign_key(self, it: GivenArguments) -> None:
        """`create_foreign_key`."""
        key = it.key("source_table", "source_schema")
        target = it.key("referent_table", "referent_schema")
        columns = strings(it.value("local_cols"), "the columns of a foreign key")
        remote = strings(it.value("remote_cols"), "the target of a foreign key")
        table = self.database.table(key)
        options = self.builder().options(
            Element("sqlalchemy.ForeignKey", (), it.arguments.keywords, it.arguments.place)
        )
        what = ("fk", table, columns, (target[1], remote))
        name = made_name(self.convention, what, it.value("constraint_name"))
        self.database.add_foreign_key(key, ForeignKey(name, columns, target, remote, **options))

    def drop_constraint(self, it: GivenArguments) -> None:
        """`drop_constraint`; a plain name of a check goes through the convention."""
        value = it.value("constraint_name")
        key = it.key()
        name = self._made_name(it, key) if value is None else self._given_name(it, "constraint_name")
        table = self.database.table(key)
        if it.value("type_") == "check" and not isinstance(value, Element):
            name = self.convention.name("ck", table, (), name) or name
        if not self._spared(it, "if_exists", name not in set(table.constraint_names())):
            self.database.drop_constraint(key, name)

    def _made_name(self, it: GivenArguments, key: TableKey) -> str:
        """The name of a constraint that is dropped by its kind alone: a convention may know it."""
        kind = {"unique": "uq", "foreignkey": "fk", "check": "ck", "primary": "pk"}.get(
            str(it.value("type_")), ""
        )
        if kind not in self.convention.templates:
            raise Impossible("the constraint cannot be dropped: it has no name")
        made = self.convention.name(kind, Table(key[1], key[0]), ())
        if made is None or made == UNKNOWN:
            raise Untold("the name that a convention makes of no columns")
        return made

    def enumeration(self, action: str, value: EnumObject, arguments: Arguments) -> None:
        """`enum.create(bind)` and `enum.drop(bind)`."""
        found = read_type(value)
        # `ENUM.create` of the dialect looks first, `Enum.create` does not
        check = flag(arguments.get(1, "checkfirst", value.kind == "ENUM"))
        if found is None or check is None or not found.is_enum:
            raise Untold("an enumeration's name")
        exists = self.exists(found)
        if action == "create" and not (check and exists):
            self.database.create_type(found)
        elif action == "drop" and not (check and not exists):
            self.database.drop_type(found.text)

    def exists(self, found: SqlType) -> bool:
        """Whether the type is there; raises `Untold` where the source does not tell."""
        if self.database.blank is not None or found.text in self.database.untold_types:
            raise Untold(f"type `{found.text}`")
        return found.text in self.database.types


AlembicOperation: TypeAlias = Callable[[AlembicOperations, GivenArguments], None]

_OPERATIONS: Mapping[str, AlembicOperation] = {
    "create_table": AlembicOperations.create_table,
    "drop_table": AlembicOperations.drop_table,
    "rename_table": AlembicOperations.rename_table,
    "add_column": AlembicOperations.add_column,
    "drop_column": AlembicOperations.drop_column,
    "alter_column": AlembicOperations.alter_column,
    "create_index": AlembicOperations.create_index,
    "drop_index": AlembicOperations.drop_index,
    "create_unique_constraint": AlembicOperations.create_unique_constraint,
    "create_primary_key": AlembicOperations.create_primary_key,
    "create_check_constraint": AlembicOperations.create_check,
    "create_exclude_constraint": AlembicOperations.create_check,
    "create_foreign_key": AlembicOperations.create_foreign_key,
    "drop_constraint": AlembicOperations.drop_constraint,
    "create_table_comment": AlembicOperations.comment_on_table,
    "drop_table_comment": AlembicOperations.comment_on_table,
}
