"""Runs a revision's `upgrade()` or `downgrade()` against a `Database` instead of a server."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from msgspec import Struct

from archlint.findings import Location
from archlint.service.interpreter.machine import MAX_STEPS, FunctionModel, Machine, deep_recursion
from archlint.service.interpreter.values import (
    Arguments,
    External,
    ExternalObject,
    FunctionObject,
    Native,
    Origin,
    Unresolved,
    Value,
    opening,
    options,
    settled,
    text,
)
from archlint.service.migrations.revisions import Revision
from archlint.service.schema.alembic.autocommit import AutocommitBlock
from archlint.service.schema.alembic.connections import connection_with
from archlint.service.schema.alembic.early_returns import early_returns
from archlint.service.schema.alembic.inspection import inspector
from archlint.service.schema.alembic.op import SIGNATURES, AlembicOperations
from archlint.service.schema.core.naming import Convention
from archlint.service.schema.postgresql import statements
from archlint.service.schema.postgresql.catalog import View
from archlint.service.schema.postgresql.identifiers import schema_of
from archlint.service.schema.postgresql.neutral import is_data
from archlint.service.schema.postgresql.refusals import Impossible, Refused
from archlint.service.schema.postgresql.server import Database
from archlint.service.schema.sqlalchemy.elements import location, sql_of
from archlint.service.schema.sqlalchemy.library_mixins import schema_machine
from archlint.service.schema.sqlalchemy.types import read_type
from archlint.service.schema.sqlalchemy.values import Element, EnumObject, PartialObject, TableObject, Untold
from archlint.service.semantics.called import has_text
from archlint.service.semantics.modules import Module, Modules, Role

_TABLES = ("table_name", "old_table_name", "new_table_name", "source_table", "referent_table")
_HARMLESS = frozenset({"CreateSequence", "DropSequence", "CreateSchema", "DropSchema"})


class ReplayProblem(Struct, frozen=True):
    """A step that PostgreSQL or Alembic would refuse: which operation, and what it would be told."""

    revision: Revision
    location: Location
    operation: str
    message: str
    always: bool = False
    """Whether it fails whatever the database holds."""


class Done(Struct, frozen=True):
    """An operation that was done; `words` are the names and other texts in its arguments."""

    location: Location
    operation: str
    words: frozenset[str]


class TransactionMode(Struct, frozen=True):
    """What env.py makes of transactions; `inside` is None where revisions may run without any."""

    inside: bool | None = True
    each_revision: bool = False


@dataclass
class Replay:
    """One interpretation of a service's revisions. `problems` and `done` are those of the last run."""

    modules: Modules
    convention: Convention
    database: Database = field(default_factory=Database)
    memo: set[str] = field(default_factory=set)
    problems: list[ReplayProblem] = field(default_factory=list)
    done: list[Done] = field(default_factory=list)
    revision: Revision | None = None
    transactions: TransactionMode = field(default_factory=TransactionMode)

    def __post_init__(self) -> None:
        self.database.block.inside = self.transactions.inside
        self.machine = schema_machine(self.modules, self._models())

    def run(self, revision: Revision, name: str) -> list[ReplayProblem]:
        """Run one function of a revision; what it cannot follow is forgotten in the database."""
        self.revision, self.problems, self.done = revision, [], []
        self.database.touched, self.machine.exhausted = {}, None
        module = self._module(revision)
        if has_text(revision.source, "AUTOCOMMIT"):
            self.database.block.inside = None  # it has connections of its own
        with deep_recursion():
            loaded = self.machine.load(module)
            for value in loaded.namespace.values():
                self._adopt(value)
            function = loaded.namespace.get(name)
            if isinstance(function, FunctionObject):
                self._call(function)
            else:
                self._without(revision, name, function)
        if self.machine.exhausted is not None or self.machine.steps >= MAX_STEPS - 1:
            self.problems, self.done = [], []
            self.database.forget_all("the revisions do too much to follow")
        self.database.block.inside = self.transactions.inside
        if self.transactions.each_revision:
            self.database.block.commit()
        return self.problems

    def _call(self, function: FunctionObject) -> None:
        """Call it; all of it under a condition, where a test that nothing decides may end it early."""
        place, self.machine.undecided = Origin(function.module, function.definition), []
        early = early_returns(function.module.source)
        kept = self.database.snapshot() if early else None
        self.machine.call(function, Arguments((), {}, place))
        if kept is not None and any(node in early for node in self.machine.undecided):
            self.database.restore(kept)
            self.problems, self.done = [], []
            with self.machine.condition(place, "the revision may return early"):
                self.machine.call(function, Arguments((), {}, place))

    def _without(self, revision: Revision, name: str, found: Value) -> None:
        if found is None:
            self._problem(revision.location, f"{name}()", "the file has no such function", always=True)
        else:
            self.database.forget_all(f"`{name}()` of revision `{revision.id}` is computed")

    def _module(self, revision: Revision) -> Module:
        known = self.modules.by_path.get(revision.file)
        name = posixpath.splitext(revision.file)[0].replace("/", ".")
        return known or Module(name, revision.file, revision.source, Role.RUNTIME)

    def _problem(self, place: Location, operation: str, message: str, *, always: bool = False) -> None:
        assert self.revision is not None
        self.problems.append(ReplayProblem(self.revision, place, operation, message, always))

    def _models(self) -> Mapping[str, FunctionModel]:
        models: dict[str, FunctionModel] = {
            f"alembic.op.{name}": self._operation(name) for name in SIGNATURES
        }
        models["alembic.op.bulk_insert"] = self._fill
        models["alembic.op.execute"] = self._execute
        models["alembic.op.get_bind"] = models["alembic.op.get_context"] = self._bind
        models["alembic.context.get_bind"] = models["alembic.context.get_context"] = self._bind
        models["alembic.op.batch_alter_table"] = self._batch
        models["alembic.op.create_entity"] = self._entity
        models["alembic.op.run_async"] = models["alembic.op.invoke"] = self._unfollowed
        models["*.create_all"] = models["*.drop_all"] = self._whole_metadata
        for name in ("sqlalchemy.inspect", "sqlalchemy.inspection.inspect"):
            models[name] = lambda machine, arguments: inspector(self.database)
        for name in ("sqlalchemy.engine.reflection.Inspector", "sqlalchemy.Inspector"):
            models[f"{name}.from_engine"] = lambda machine, arguments: inspector(self.database)
        for name in ("sqlalchemy.Enum", "sqlalchemy.types.Enum", "sqlalchemy.dialects.postgresql.ENUM"):
            models[name] = self._enum(name.rpartition(".")[2])
        models["sqlmodel.Enum"] = self._enum("Enum")
        return models

    def _enum(self, kind: str) -> FunctionModel:
        return lambda machine, arguments: EnumObject(
            kind, arguments.args, arguments.keywords, arguments.place, self._act
        )

    def _adopt(self, value: Value) -> None:
        """Enumerations imported from elsewhere act on this database, too."""
        if isinstance(value, EnumObject):
            value.act = self._act

    def _operation(self, name: str) -> FunctionModel:
        """The model of `op.name`."""

        def model(machine: Machine, arguments: Arguments) -> Value:
            self._guarded(arguments, lambda operations: operations.apply(name, arguments), name)
            self._note(arguments, f"op.{name}")
            return None

        return model

    def _fill(self, machine: Machine, arguments: Arguments) -> Value:
        """`op.bulk_insert(table, rows)`."""
        table, rows = settled(arguments.get(0, "table")), settled(arguments.get(1, "rows"))
        parts = table.args if isinstance(table, ExternalObject | TableObject) else ()
        name = text(parts[0]) if parts else None
        is_told = name is not None and "schema" not in getattr(table, "keywords", ())
        if is_told and isinstance(rows, list) and rows and not machine.conditions:
            self.database.filled.add((None, name or ""))
        return None

    def _note(self, arguments: Arguments, operation: str) -> None:
        values = [*arguments.args, *arguments.keywords.values()]
        self.done.append(Done(location(arguments.place), operation, frozenset(_words(values))))

    def _guarded(self, arguments: Arguments, action: Callable[[AlembicOperations], None], name: str) -> None:
        """Do something to the database; where that is not certain, forget what it is about."""
        operations = AlembicOperations(self.database, self.convention, self.memo)
        if self.machine.conditions:
            self._forget(arguments, name, "a condition that the source does not decide")
            return
        try:
            action(operations)
        except Untold as untold:
            self._forget(arguments, name, str(untold))
        except Refused as refused:
            always = isinstance(refused, Impossible)
            self._problem(location(arguments.place), f"op.{name}", str(refused), always=always)
            self._forget(arguments, name, str(refused))

    def _forget(self, arguments: Arguments, name: str, why: str) -> None:
        """Forget the tables that an operation names."""
        words = SIGNATURES[name][0] if name in SIGNATURES else ()
        tables = [arguments.get(position, word) for position, word in enumerate(words) if word in _TABLES]
        found = bool(tables) and all(text(table) is not None for table in tables)
        schema = schema_of(text(arguments.keywords.get("schema")) or "")
        for told in filter(None, map(text, tables)):
            self.database.forget((schema, told), why)
        if name == "drop_index":
            wanted = text(arguments.get(0, "index_name"))
            for table in self.database.tables.values():
                if any(index.name == wanted for index in table.indexes):
                    self.database.forget(table.key, why)
                    found = True
        if not found and name in SIGNATURES:
            self.database.forget_all(why)

    def _act(self, action: str, value: EnumObject, arguments: Arguments) -> Value:
        """`create` or `drop` of an enumeration."""
        self._note(Arguments((value,), {}, arguments.place), f"{value.kind}.{action}")
        try:
            if self.machine.conditions:
                raise Untold("a condition that the source does not decide")
            AlembicOperations(self.database, self.convention, self.memo).enumeration(action, value, arguments)
        except Untold as untold:
            found = read_type(value)
            if found is None:
                self.database.forget_all(str(untold))
            else:
                self.database.untold_types.add(found.text)
        except Refused as refused:
            self._problem(location(arguments.place), f"{value.kind}.{action}", str(refused))
            found = read_type(value)
            if found is not None:
                self.database.untold_types.add(found.text)
        return None

    def _bind(self, machine: Machine, arguments: Arguments) -> Value:
        execute = Native("execute", self._execute)
        block = Native("autocommit_block", lambda machine, arguments: AutocommitBlock(self.database))
        methods: dict[str, Value] = dict.fromkeys(
            ("execute", "exec_driver_sql", "scalar", "scalars"), execute
        )
        methods["connect"] = Native("connect", self._unfollowed)
        methods["execution_options"] = Native("execution_options", self._options)
        methods |= {name: Native(name, self._end) for name in ("commit", "rollback")}
        return connection_with({**methods, "autocommit_block": block})

    def _options(self, machine: Machine, arguments: Arguments) -> Value:
        """`execution_options(…)` of the connection, whose isolation is fixed in a transaction."""
        is_open = self.transactions.inside and self.database.block.inside is not False
        if is_open and "isolation_level" in arguments.keywords:
            self._note(arguments, "execution_options")
            why = "the isolation level cannot be changed inside a transaction"
            self._problem(location(arguments.place), "execution_options", why)
            self.database.forget_all(why)
        return self._bind(machine, arguments)

    def _entity(self, machine: Machine, arguments: Arguments) -> Value:
        """A view of alembic_utils, which indexes can be on."""
        entity = arguments.get(0, "entity")
        if isinstance(entity, ExternalObject):
            given = Arguments(tuple(entity.args), entity.keywords, arguments.place)
            schema, name = text(given.get(0, "schema")), text(given.get(1, "signature"))
            key = (schema_of(schema or ""), name or "")
            self.database.views.setdefault(key, View(frozenset(), frozenset()))
        return None

    def _end(self, machine: Machine, arguments: Arguments) -> Value:
        self.database.block.end()
        return None

    def _unfollowed(self, machine: Machine, arguments: Arguments) -> Value:
        self.database.forget_all("an operation or connection that archlint does not follow")
        return Unresolved("an operation", arguments.place)

    def _whole_metadata(self, machine: Machine, arguments: Arguments) -> Value:
        """`metadata.create_all(bind)`: which tables it meets depends on the models of the day it runs."""
        self.database.forget_all("a revision makes or drops all tables of a `MetaData`")
        return None

    def _execute(self, machine: Machine, arguments: Arguments) -> Value:
        """`op.execute(sql)`: text is parsed; statements of SQLAlchemy change data only."""
        value = settled(arguments.get(0, "sqltext"))
        sql = text(value) or sql_of(value)
        self._note(arguments, "op.execute")
        answer = Unresolved("the answer of a database", arguments.place)
        if sql is not None:
            self._execute_text(arguments, sql)
            return answer
        self.database.filled.clear()
        if isinstance(value, Element) and value.kind[:6] in {
            "Create",
            "DropTa",
            "DropIn",
            "AddCon",
            "DropCo",
        }:
            if value.kind not in _HARMLESS:
                self.database.forget_all(f"`{value.kind}`")
        elif not isinstance(value, External | ExternalObject) and not _starts_as_data(value):
            self.database.forget_all("SQL that is computed")
        return answer

    def _execute_text(self, arguments: Arguments, sql: str) -> None:
        if self.machine.conditions:
            statements.forget_if_definition(self.database, sql)
            return
        try:
            statements.execute(self.database, sql)
        except Refused as refused:
            self._problem(location(arguments.place), "op.execute", str(refused))
            statements.forget_mentioned(self.database, sql, str(refused))

    def _batch(self, machine: Machine, arguments: Arguments) -> Value:
        """`with op.batch_alter_table(name) as batch:` — on PostgreSQL the same operations on that table."""
        table, schema = arguments.get(0, "table_name"), arguments.get(1, "schema")
        natives: dict[str, Value] = {"f": External("alembic.op.f")}
        for name, position in _BATCHED.items():
            natives[name] = Native(name, self._batched(name, position, table, schema))
        return PartialObject("alembic.batch", natives)

    def _batched(self, name: str, position: int, table: Value, schema: Value) -> FunctionModel:
        model = self._operation(name)

        def batched(machine: Machine, arguments: Arguments) -> Value:
            args = list(arguments.args)
            keywords = dict(arguments.keywords)
            if len(args) >= position:
                args.insert(position, table)
            else:
                keywords["source_table" if name == "create_foreign_key" else "table_name"] = table
            if schema is not None:
                keywords["source_schema" if name == "create_foreign_key" else "schema"] = schema
            return model(machine, Arguments(tuple(args), keywords, arguments.place, arguments.complete))

        return batched


_BATCHED = {
    "add_column": 0,
    "drop_column": 0,
    "alter_column": 0,
    "create_index": 1,
    "drop_index": 1,
    "create_unique_constraint": 1,
    "create_primary_key": 1,
    "create_check_constraint": 1,
    "create_exclude_constraint": 1,
    "create_foreign_key": 1,
    "drop_constraint": 1,
    "create_table_comment": 0,
    "drop_table_comment": 0,
}
"""Operations of a batch, and where the table's name stands in the plain operation."""


def _words(values: Iterable[Value]) -> Iterator[str]:
    """The words in texts, however deep they are in lists and SQLAlchemy's objects."""
    for value in map(settled, values):
        found = text(value)
        if found is not None:
            yield from re.findall(r"\w+", found)
        elif isinstance(value, list | tuple):
            yield from _words(value)
        elif isinstance(value, Element | EnumObject):
            yield from _words([*value.args, *value.keywords.values()])
            named = read_type(value) if isinstance(value, EnumObject) else None
            yield from [] if named is None else [named.text]


def _starts_as_data(sql: Value) -> bool:
    """Whether SQL that is known only in part starts as a statement that changes data only."""
    written = sql.args[0] if isinstance(sql, Element) and sql.args else sql
    return all(is_data(opening(one)) for one in options(written))
