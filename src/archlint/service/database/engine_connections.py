"""The databases of the running service: its engines, and where each gets its URL and its pool from."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    Name,
    Node,
    Subscript,
)
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Link, Location
from archlint.service.configuration.settings import Setting, Settings, SettingsClass
from archlint.service.database.data_access import ADMINISTRATION
from archlint.service.database.engine_arguments import Recorder
from archlint.service.database.engines import Engine, engines
from archlint.service.database.given_urls import is_given_its_url
from archlint.service.database.packages import DATABASE_PACKAGES, LIBRARIES
from archlint.service.interpreter.values import Arguments, Choice, Configured, Value, opening, options, text
from archlint.service.semantics.bindings import Imported
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Scope, Symbols

_WAREHOUSES = frozenset(
    {"awsathena", "bigquery", "clickhouse", "databricks", "druid", "duckdb", "hive", "impala", "presto"}
    | {"redshift", "snowflake", "teradatasql", "trino", "vertica"}
)
_SCHEME = re.compile(r"([a-z][a-z0-9]*(?:\+[a-z0-9_]+)?)://?", re.IGNORECASE)

DRIVER = "postgresql+asyncpg"

_TESTING = re.compile(r"(?<![a-z])[Tt]est(s|ing)?(?![a-z])|(?<=[a-z])Test(s|ing)?(?![a-z])")
"""In the name of a class of settings: those that tests run with."""


def scheme(url: str) -> str | None:
    """The part of a URL that names database and driver, in lower case."""
    found = _SCHEME.match(url.strip())
    return found[1].lower() if found else None


def schemes_in(expression: Expression | None) -> frozenset[str | None]:
    """What the literals in an expression name, as `scheme` does."""
    return frozenset(map(scheme, _texts((expression,)))) if expression is not None else frozenset()


class DatabaseTarget(Struct, frozen=True):
    """A database that a URL may name: `scheme`, None where the source does not tell.

    `source` is the setting, or with a `$` the variable, whose default the URL comes from.
    """

    scheme: str | None
    source: str | None = None


class Connection(Struct, eq=False, frozen=True):
    """An engine of the running service with the arguments of every call that archlint could follow.

    One that `is_off` is made only where somebody configures the service so.
    """

    engine: Engine
    calls: tuple[Arguments, ...]
    is_off: bool = False

    @property
    def location(self) -> Location:
        """The call that makes the engine."""
        return self.engine.location

    @property
    def targets(self) -> tuple[DatabaseTarget, ...]:
        """What the URL may name where the service runs; empty where no call could be followed."""
        values = [option for call in self.calls for option in _alternatives(call.get(0, "url"))]
        found = dict.fromkeys(_target(value) for value in values)
        return tuple(one for one in found if not _TESTING.search((one.source or "").partition(".")[0]))

    @property
    def is_file(self) -> bool:
        """Whether all that its URL can name are files that a library reads as a database."""
        named = [target.scheme or "" for target in self.targets]
        return bool(named) and all(scheme.startswith(("duckdb", "sqlite")) for scheme in named)

    @property
    def names_postgresql(self) -> bool:
        """Whether it may lead to PostgreSQL, by whatever driver."""
        return any((target.scheme or "").startswith("postgres") for target in self.targets)

    @property
    def is_warehouse(self) -> bool:
        """Whether it leads to a warehouse, which a service may ask beside the database that is its own."""
        schemes = [target.scheme for target in self.targets]
        return bool(schemes) and all((one or "").partition("+")[0] in _WAREHOUSES for one in schemes)

    @property
    def names_others(self) -> bool:
        """Whether all that its URL can name are other databases than PostgreSQL."""
        named = [target.scheme or "postgresql" for target in self.targets]
        return bool(named) and not any(scheme.startswith("postgres") for scheme in named)

    @property
    def is_synchronous_postgresql(self) -> bool:
        """Whether it is a synchronous engine whose URL can name nothing but PostgreSQL."""
        named = [target.scheme or "" for target in self.targets]
        return not self.engine.is_async and all(scheme.startswith("postgres") for scheme in named)

    @property
    def arguments(self) -> frozenset[str] | None:
        """The names of the keywords that the engine is given; None where a `**` hides some."""
        if self.calls and not all(call.complete for call in self.calls):
            return None
        if not self.calls and any(keyword.name is None for keyword in self.engine.call.keywords):
            return None
        written = {keyword.name for keyword in self.engine.keywords if keyword.name}
        return frozenset(written.union(*(call.keywords for call in self.calls)))

    @property
    def keeps_transactions(self) -> bool:
        """Whether its isolation level is certain, and is not that of no transactions."""
        levels = [keyword.value for keyword in self.engine.keywords if keyword.name == "isolation_level"]
        if levels:
            return all(isinstance(one, Constant) and one.value != "AUTOCOMMIT" for one in levels)
        return self.arguments is not None and "isolation_level" not in self.arguments

    def values(self, name: str) -> tuple[Value, ...]:
        """What a keyword may be; empty where it is not given or no call could be followed."""
        given = (call.keywords[name] for call in self.calls if name in call.keywords)
        return tuple(option for value in given for option in options(value))


class Databases:
    """The engines that the service makes while it serves: not those of commands, tests and migrations."""

    def __init__(self, modules: Modules, symbols: Symbols, settings: Settings) -> None:
        self._modules = modules
        self._symbols = symbols
        self._settings = settings

    @cached_property
    def engines(self) -> tuple[Engine, ...]:
        """The engines that runtime modules make, those of commands and tests among them."""
        return tuple(one for module in self._modules.runtime for one in engines(module, self._symbols))

    @cached_property
    def sync_engine(self) -> Link | None:
        """The first synchronous engine that serves, which synchronous sessions come from."""
        places = (one.location for one in self.engines if not one.is_async and self._serves(one))
        place = next(places, None)
        return Link(place, "a synchronous engine, whose sessions cannot be awaited") if place else None

    @cached_property
    def connections(self) -> tuple[Connection, ...]:
        """The engines by path and line.

        What is told by its callers alone where to connect to reaches others' databases, if the service has an
        engine of its own beside it.
        """
        serving = [engine for engine in self.engines if self._serves(engine)]
        recorder = Recorder(self._modules, self._symbols)
        recorder.run(serving)
        found = [_connection(engine, recorder) for engine in serving]
        others = {one for one in found if self._reaches_others(one)}
        has_own = len(others) < len(found)
        return tuple(one for one in found if one not in others or not (has_own or one.is_file))

    def _reaches_others(self, connection: Connection) -> bool:
        urls = [option for call in connection.calls for option in options(call.get(0, "url"))]
        is_told = any(map(text, urls)) or any(target.source for target in connection.targets)
        if is_told and not isinstance(connection.engine.url, Constant):
            return False
        classes = {one.node for one in self._settings.classes}
        is_own = self.is_configured(connection)
        return not is_own and is_given_its_url(connection.engine, self._symbols, classes)

    @cached_property
    def libraries(self) -> dict[str, Location]:
        """The distributions of relational databases that runtime code imports, each with the first import."""
        found: dict[str, Location] = {}
        for top, place in self._imported.items():
            if top in LIBRARIES:
                found.setdefault(LIBRARIES[top], place)
        return found

    def imports(self, packages: Iterable[str]) -> bool:
        """Whether runtime code imports one of these packages of databases."""
        return not self._imported.keys().isdisjoint(packages)

    @cached_property
    def _imported(self) -> dict[str, Location]:
        """The packages of databases that runtime code imports, each with the first import."""
        found: dict[str, Location] = {}
        for module in self._modules.runtime:
            for binding in self._symbols.namespace(module).names.values():
                if isinstance(binding, Imported) and not binding.level:
                    top = binding.module.partition(".")[0]
                    if top in DATABASE_PACKAGES and self._modules.find(top, module) is None:
                        found.setdefault(top, module.location(binding.node))
        return found

    def variables(self, engine: Engine) -> frozenset[str]:
        """The environment variables, in lower case, that an engine's URL is read from just as it stands."""
        match engine.url:
            case None:
                return frozenset()
            case Call(func=Name(id="str"), args=(url,)) | url:
                return frozenset(self._read(engine.module, engine.scope, url))

    def is_configured(self, connection: Connection) -> bool:
        """Whether the URL is certain to come from a setting or a variable."""
        sources = [target.source for target in connection.targets]
        if (sources and all(sources)) or self.variables(connection.engine):
            return True
        url = connection.engine.url
        while isinstance(url, Call):  # str(…), ….get_secret_value()
            url = url.args[0] if url.args else url.func.value if isinstance(url.func, Attribute) else None
        return isinstance(url, Attribute) and any(_composes(one, url.attr) for one in self._settings.classes)

    def setting(self, source: str | None) -> Setting | None:
        """The field of a settings class by `Class.field`."""
        owner, _, name = (source or "").partition(".")
        found = (
            field
            for one in self._settings.classes
            if one.name == owner
            for field in one.all_fields
            if field.name == name
        )
        return next(found, None)

    def is_validated(self, setting: Setting) -> bool:
        """Whether code of a class of settings may change the field when it is read."""
        owners = [one.node for one in self._settings.classes if setting in one.all_fields]
        return any(_may_change(node, setting.name) for node in owners)

    def _serves(self, engine: Engine) -> bool:
        aside = _is_for_tests(engine) or _administers(engine) or self._migrates(engine)
        return not (aside or self._asks_for_nothing(engine))

    def _asks_for_nothing(self, engine: Engine) -> bool:
        """Whether the URL is a setting that the module asks for by name, and no settings class has it."""
        if not isinstance(engine.url, Attribute) or any(one.is_open for one in self._settings.classes):
            return False
        name, nodes = engine.url.attr, engine.module.source.nodes
        asked = any(
            isinstance(call.func, Name)
            and call.func.id in {"getattr", "hasattr"}
            and name in _texts(call.args)
            for call in nodes.of(Call)
        )
        has = any(_composes(one, name) for one in self._settings.classes)
        return asked and bool(self._settings.classes) and not has

    def _migrates(self, engine: Engine) -> bool:
        """Whether the function around the engine works with Alembic."""
        names = (
            node
            for definition in engine.scope
            if isinstance(definition, FunctionDef)
            for node in all_nodes(definition)
            if isinstance(node, Name)
        )
        return any(
            self._symbols.resolve(engine.module, name, engine.scope).qualified.partition(".")[0] == "alembic"
            for name in names
        )

    def _read(self, module: Module, scope: Scope, url: Expression) -> Iterator[str]:
        match url:
            case Subscript(value=value, index=Constant(value=str(name))):
                if self._symbols.resolve(module, value, scope).qualified in names_of("environment"):
                    yield name.lower()
            case Call(func=func, args=(Constant(value=str(name)), *_)):
                if self._symbols.resolve(module, func, scope).qualified in names_of("variable reader"):
                    yield name.lower()
            case Attribute(attr=name):
                fields = [f for one in self._settings.classes for f in one.all_fields if f.name == name]
                if fields and not any(map(self.is_validated, fields)):
                    yield from (variable.lower() for field in fields for variable in field.environment)
            case Name():
                found = self._symbols.resolve(module, url, scope)
                if (
                    found.module is not None
                    and isinstance(found.node, Assign)
                    and found.node.value is not None
                ):
                    yield from self._assigned(found.module, self._symbols.scope_of(found), found.node.value)

    def _assigned(self, module: Module, scope: Scope, value: Expression) -> Iterator[str]:
        if not isinstance(value, Name):
            yield from self._read(module, scope, value)


def _connection(engine: Engine, recorder: Recorder) -> Connection:
    calls = tuple(recorder.calls.get(engine.call, ()))
    return Connection(engine, calls, bool(calls) and engine.call not in recorder.usual)


def _is_for_tests(engine: Engine) -> bool:
    """Whether the names in the call say that the engine's database is one for tests."""
    names = (dotted(node) or "" for node in all_nodes(engine.call) if isinstance(node, Name | Attribute))
    return any("test" in re.split(r"[._]", name.lower()) for name in names)


def _administers(engine: Engine) -> bool:
    """Whether the function around the engine creates or drops databases."""
    around = engine.scope[-1:]
    return any(ADMINISTRATION.search(text) for text in _texts(around))


def _alternatives(value: Value) -> Iterator[Value]:
    """The values with the source of each that configuration may replace.

    What is taken instead of PostgreSQL only where somebody configures it, as for tests, is left out.
    """
    match value:
        case Choice(usual=usual) if (scheme(opening(usual)) or "").startswith("postgres"):
            yield from _alternatives(usual)
        case Configured():
            yield from (Configured(option, value.source) for option in options(value.default))
        case Choice():
            for option in value.values:
                yield from _alternatives(option)
        case _:
            yield value


def _composes(settings: SettingsClass, name: str) -> bool:
    """Whether the class has a field of that name, or a property that is made of its fields."""
    fields = {field.name for field in settings.all_fields}
    properties = (item for item in settings.node.body if isinstance(item, FunctionDef) and item.name == name)
    return name in fields or any(not fields.isdisjoint(_attributes(one)) for one in properties)


def _target(value: Value) -> DatabaseTarget:
    return DatabaseTarget(scheme(opening(value)), value.source if isinstance(value, Configured) else None)


def _may_change(node: ClassDef, field: str) -> bool:
    """Whether a validator names the field, or one of the whole model speaks of it."""
    for function in (item for item in node.body if isinstance(item, FunctionDef)):
        names = {_last(d.func if isinstance(d, Call) else d) for d in function.decorators}
        texts = set(_texts(function.decorators))
        if names & {"field_validator", "validator"} and texts & {field, "*"}:
            return True
        named = {*_texts((function,)), *_attributes(function)}
        if names & {"model_validator", "root_validator"} and field in named:
            return True
    return False


def _texts(nodes: tuple[Node, ...]) -> Iterator[str]:
    for root in nodes:
        for node in all_nodes(root):
            if isinstance(node, Constant) and isinstance(node.value, str):
                yield node.value


def _attributes(function: FunctionDef) -> Iterator[str]:
    return (node.attr for node in all_nodes(function) if isinstance(node, Attribute))


def _last(node: Expression) -> str:
    return node.attr if isinstance(node, Attribute) else getattr(node, "id", "")
