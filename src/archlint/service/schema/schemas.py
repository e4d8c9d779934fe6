"""A service's schemas: for each Alembic environment its models, its migrations, and how they differ."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import Assign, Call, ClassDef, Name
from archlint.findings import Location, Unknown
from archlint.service.interpreter.machine import MAX_STEPS, deep_recursion
from archlint.service.interpreter.values import External, Unresolved, settled
from archlint.service.migrations.environments import MigrationEnvironment, Migrations
from archlint.service.schema.alembic.comparison import Comparison, Drift, Gap
from archlint.service.schema.alembic.downgrade import RoundTrip
from archlint.service.schema.alembic.environments import EnvironmentRun, run_environment
from archlint.service.schema.alembic.history import History
from archlint.service.schema.alembic.replay import TransactionMode
from archlint.service.schema.core.library_versions import Libraries
from archlint.service.schema.core.naming import Convention
from archlint.service.schema.core.tables import Table, TableKey, title
from archlint.service.schema.sqlalchemy.declarative import EVERY, MappedModel, Models
from archlint.service.schema.sqlalchemy.library_mixins import schema_machine
from archlint.service.schema.sqlalchemy.metadata import is_filled_by_code
from archlint.service.schema.sqlalchemy.outside import Handed
from archlint.service.schema.sqlalchemy.values import Element
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Symbols

_OTHERS = "tables that no model has"


class Pair(Struct, eq=False, frozen=True, dict=True):
    """A table as its model declares it and as the migrations build it; `unknown` says why it is not known."""

    title: str
    model: Table | None
    database: Table | None
    unknown: str | None

    @property
    def place(self) -> Location | None:
        """Where the model is, or else what makes the table."""
        side = self.model or self.database
        return None if side is None else side.place


class DatabaseSchema(Struct, eq=False, frozen=True, dict=True):
    """One environment whose env.py is there; `all_schemas` tells the service's, this one among them."""

    environment: MigrationEnvironment
    modules: Modules
    symbols: Symbols
    classes: Classes
    libraries: Libraries
    all_schemas: Callable[[], tuple[DatabaseSchema, ...]]

    @property
    def place(self) -> Location:
        """Where env.py configures Alembic."""
        assert self.environment.env is not None
        place = self.setup.place if self.setup is not None else None
        return Location(self.environment.env) if place is None else place.module.location(place.node)

    @cached_property
    def setup(self) -> EnvironmentRun | None:
        """What env.py tells; None where it cannot be read."""
        assert self.environment.env is not None
        return run_environment(self.environment.env, self.modules)

    @cached_property
    def untold(self) -> str | None:
        """Why nothing can be told of the models; None where something can."""
        setup = self.setup
        if setup is None:
            return "env.py cannot be read"
        if setup.unresolved is not None:
            return setup.unresolved
        if setup.machine.steps >= MAX_STEPS - 1:
            return "env.py does too much to follow"
        targets = setup.target if isinstance(setup.target, list | tuple) else (setup.target,)
        if setup.target is None:
            return "env.py sets no `target_metadata`"
        if not all(isinstance(settled(target), Element | External) for target in targets):
            return "`target_metadata` is computed"
        if any(isinstance(target, Element) and is_filled_by_code(target) for target in targets):
            return "code puts tables into `target_metadata`"
        return None

    @cached_property
    def _reader(self) -> Models:
        assert self.setup is not None
        return Models(self.setup.machine, self.symbols, self.classes, self.setup.target, self.libraries)

    @cached_property
    def _seen(self) -> tuple[tuple[MappedModel, ...], tuple[Unknown, ...]]:
        with deep_recursion():
            found = tuple(self._reader.read())
        return found, tuple(self._reader.unknown)

    @property
    def models(self) -> tuple[MappedModel, ...]:
        """The models that env.py loads, of its target metadata."""
        return () if self.untold is not None else self._seen[0]

    @property
    def unread(self) -> tuple[Unknown, ...]:
        """Models of which not even the table's name can be told."""
        return () if self.untold is not None else self._seen[1]

    @cached_property
    def blind(self) -> tuple[MappedModel, ...]:
        """Models of the target metadata in modules that env.py does not load."""
        if self.untold is not None or self.setup is None:
            return ()
        seen = {model.table.key for model in self.models}
        loaded = set(self.setup.machine.loaded)
        with deep_recursion():
            for module in self._defining(loaded):
                self.setup.machine.load(module)
            reader = Models(self.setup.machine, self.symbols, self.classes, self.setup.target, self.libraries)
            found = reader.read()
        return tuple(m for m in found if m.module.path not in loaded and m.table.key not in seen)

    def _defining(self, loaded: set[str]) -> Iterator[Module]:
        """The runtime modules that define models and are not loaded."""
        others = (module for module in self.modules.runtime if module.path not in loaded)
        return (module for module in others if defines_models(module, self.symbols, self.classes))

    @cached_property
    def history(self) -> History:
        """The revisions."""
        known = self.untold is None and self.setup is not None
        convention = self._reader.convention if known else Convention()
        mode = self.setup.transactions if self.setup is not None else TransactionMode()
        return History(self.environment, self.modules, convention, mode)

    @cached_property
    def round_trip(self) -> RoundTrip:
        """The downgrade of all revisions, and their second upgrade."""
        return RoundTrip(self.history)

    @cached_property
    def completed_round_trip(self) -> RoundTrip:
        """The same, if each downgrade were there: that one is missing is told once, by itself."""
        return RoundTrip(self.history, completed=True)

    @cached_property
    def drift(self) -> tuple[Drift, ...]:
        """What autogenerate would do to bring the migrated database to the models."""
        nothing = self.untold or self._blank or self._dangling or self._refused
        return () if nothing is not None else self._compared[0]

    @cached_property
    def _dangling(self) -> Gap | None:
        """A foreign key to a table that no loaded model has: Alembic stops there, and compares nothing."""
        known = {model.table.key for model in self.models}
        for model in self.models:
            for key in model.table.foreign_keys:
                if key.target not in known and not self.unread:
                    why = f"`{model.name}` points at table `{key.target[1]}`, which env.py loads no model of"
                    return Gap("the schema", f"{why}: Alembic stops there", model.place)
        return None

    @cached_property
    def gaps(self) -> tuple[Gap, ...]:
        """What could not be compared, with the reason."""
        why = self.untold or self._blank
        if why is not None:
            return (Gap("the schema", why, self.place),)
        stop = self._dangling or self._refused
        if stop is not None:
            return (stop,)
        unread = tuple(Gap(unknown.what, unknown.why, unknown.location) for unknown in self.unread)
        made = (Gap(_OTHERS, one.why, one.location) for one in self._handed if not one.texts)
        return (*unread, *made, *self._unloaded, *self._compared[1])

    @property
    def _unloaded(self) -> Iterator[Gap]:
        """That env.py may load more models than archlint sees."""
        for place in self.setup.undecided[:1] if self.setup is not None else ():
            why = "env.py imports modules whose names the source does not tell"
            yield Gap(_OTHERS, why, place.module.location(place.node))

    @property
    def _handed(self) -> list[Handed]:
        """Calls in what env.py loads that may make tables."""
        return self.setup.machine.handed_bases if self.setup is not None else []

    @cached_property
    def _refused(self) -> Gap | None:
        """The first step of the upgrade that PostgreSQL refuses: no database to compare is left then."""
        for problem in self.history.problems:
            why = f"the upgrade stops at revision `{problem.revision.id}`: {problem.message}"
            return Gap("the schema", why, problem.location)
        return None

    @property
    def _blank(self) -> str | None:
        return self.history.upgraded.database.blank

    @cached_property
    def pairs(self) -> tuple[Pair, ...]:
        """Every table of either side, by name."""
        old = {} if self._blank is not None else self.history.upgraded.database.tables
        new = {model.table.key: model.table for model in self.models}
        keys = sorted(
            {*old, *new, *self._unsure} - {self._version_table}, key=lambda key: (key[0] or "", key[1])
        )
        return tuple(Pair(title(key), new.get(key), old.get(key), self._unsure.get(key)) for key in keys)

    @cached_property
    def _compared(self) -> tuple[tuple[Drift, ...], tuple[Gap, ...]]:
        assert self.setup is not None
        names = frozenset(self._reader.untold_indexes)
        if not self.unread:
            models = (pair for pair in self.pairs if pair.model is not None)
            self.setup.machine.tables = {pair.title: Unresolved("a table") for pair in models}
        comparison = Comparison(self.setup, self._compares_types is True, names)
        if self._compares_types is None:
            comparison.gaps.append(Gap("types of columns", "`compare_type` is a function", None))
        known = [pair for pair in self.pairs if pair.unknown is None]
        new = {pair.model.key: pair.model for pair in known if pair.model is not None}
        old = {pair.database.key: pair.database for pair in known if pair.database is not None}
        changes = tuple(self._certain(comparison.changes(self._reflected(old), new)))
        unsure = [pair for pair in self.pairs if pair.unknown is not None]
        gaps = [Gap(f"table `{pair.title}`", pair.unknown or "", pair.place) for pair in unsure]
        return changes, (*gaps, *comparison.gaps)

    def _certain(self, changes: Iterator[Drift]) -> Iterator[Drift]:
        """A table that no known model has may be that of a model whose name is not known, or a library's."""
        is_open = self.unread or any(self._unloaded) or not all(one.texts for one in self._handed)
        for change in changes:
            if not (is_open and change.kind in {"remove_table", "remove_index"}):
                yield change

    @cached_property
    def _unsure(self) -> dict[TableKey, str]:
        """Tables of which one side is not known, and why."""
        tables = [model.table for model in self.models]
        known = {table.key for table in tables}
        others = [key for key in self.history.upgraded.database.tables if key not in known]
        return {
            **{key: one.why for one in self._handed for key in others if key[1] in one.texts},
            **{key: why for key, why in self._continued.items() if key in known or key in others},
            **self.history.upgraded.database.untold,
            **{table.key: table.unknown for table in tables if table.unknown is not None},
        }

    @property
    def _continued(self) -> dict[TableKey, str]:
        """The tables that other environments' revisions make or change in this one's stead, behind these."""
        own = self.history.upgraded.database.tables
        found: dict[TableKey, str] = {}
        for other in self.all_schemas():
            database, env = other.history.upgraded.database, other.environment.env
            made = dict.fromkeys(database.tables.keys() - own, f"the revisions of `{env}` make it")
            changed = dict.fromkeys(
                database.untold.keys() - database.tables, f"the revisions of `{env}` change it, too"
            )
            found |= {} if other is self else made | changed
        return found

    def _reflected(self, tables: dict[TableKey, Table]) -> dict[TableKey, Table]:
        """The tables that Alembic looks at: those of the default schema, unless it is asked for all."""
        assert self.setup is not None
        if self.setup.flag("include_schemas", default=False):
            return tables
        return {key: table for key, table in tables.items() if key[0] is None}

    @property
    def _version_table(self) -> TableKey:
        if self.setup is None:
            return None, "alembic_version"
        schema = self.setup.text("version_table_schema")
        return (None if schema == "public" else schema, self.setup.text("version_table") or "alembic_version")

    @property
    def _compares_types(self) -> bool | None:
        assert self.setup is not None
        return self.setup.flag("compare_type", default=self.libraries.compares_types)


class DatabaseSchemas(Struct, eq=False, frozen=True, dict=True):
    """The schemas of one service."""

    migrations: Migrations
    modules: Modules
    symbols: Symbols
    classes: Classes
    libraries: Libraries

    @cached_property
    def all(self) -> tuple[DatabaseSchema, ...]:
        """One for each environment with an env.py, in the order of their folders."""
        parts = (self.modules, self.symbols, self.classes, self.libraries, lambda: self.all)
        return tuple(DatabaseSchema(e, *parts) for e in self.migrations.environments if e.env is not None)

    @cached_property
    def declared(self) -> tuple[MappedModel, ...]:
        """The models of all metadata, whatever an env.py loads."""
        machine = schema_machine(self.modules, {})
        with deep_recursion():
            for module in self.modules.runtime:
                if defines_models(module, self.symbols, self.classes):
                    machine.load(module)
            return tuple(Models(machine, self.symbols, self.classes, EVERY, self.libraries).read())

    def elsewhere(self, schema: DatabaseSchema) -> tuple[MappedModel, ...]:
        """The models of metadata that env.py does not hand over, whose tables its revisions make."""
        dropped = {change.table for change in schema.drift if change.kind == "remove_table"}
        if not dropped:
            return ()
        known = {model.place for one in self.all for model in (*one.models, *one.blind)}
        return tuple(m for m in self.declared if m.table.title in dropped and m.place not in known)

    @cached_property
    def has_models(self) -> bool:
        """Whether any module that the service runs defines a model."""
        return any(defines_models(module, self.symbols, self.classes) for module in self.modules.runtime)


def defines_models(module: Module, symbols: Symbols, classes: Classes) -> bool:
    """Whether a module itself defines mapped classes or tables."""
    return any(classes.is_stored(symbols.resolve(module, name)) for name in _candidates(module))


def _candidates(module: Module) -> Iterator[str]:
    """Names of classes that derive from something or are decorated, and of what calls make."""
    for statement in statements(module.source.body):
        match statement:
            case ClassDef() if statement.bases or statement.decorators:
                yield statement.name
            case Assign(value=Call(), targets=targets):
                yield from (target.id for target in targets if isinstance(target, Name))
