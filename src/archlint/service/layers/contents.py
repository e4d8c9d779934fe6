"""What a module defines, as far as it tells which layer the module plays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Container, Iterable, Sequence

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Evaluate,
    Expression,
    FunctionDef,
    Name,
    Return,
    Statement,
    Subscript,
)
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.api.applications import makes_app
from archlint.service.database.packages import DATABASE_PACKAGES
from archlint.service.semantics.bindings import Imported, Namespace, own_nodes, read_namespace, statements
from archlint.service.semantics.called import may_be_library
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.library_names import SQLMODEL, names_of
from archlint.service.semantics.loggers import loggers, logs
from archlint.service.semantics.modules import Module
from archlint.service.semantics.plain_calls import imported_names, only_makes
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Scope, Symbol, Symbols
from archlint.service.semantics.workers import is_task

_MAX_FACTORIES = 3
_MAX_BESIDE_SETUP = 3
_LEAST_SHARE = 5
"""Of so many definitions one has to query."""
_WEB = frozenset({"fastapi", "fastapi_injector", "starlette"})
_GRAPHQL = frozenset({"ariadne", "ariadne_graphql_modules", "graphene", "strawberry", "tartiflette"})
_FOUNDATION = re.compile(
    r"(^|[._])(config\w*|settings?|database|db|engines?|sessions?|connections?|security)(_[^.]*)?$"
)
_METHODS = frozenset(
    {
        *("get", "post", "put", "patch", "delete", "head", "options", "trace", "route", "api_route"),
        *("websocket", "websocket_route"),
    }
)
_INJECTING = frozenset({"Depends", "Security"})
_STORE = re.compile(r"(Repository|Repo|Dao|DAO|Crud|CRUD)(Base)?$")
"""How classes are called that keep data for the rest of the service."""

_STATEMENTS = frozenset(
    f"{package}.{name}"
    for package in ("sqlalchemy", "sqlmodel")
    for name in ("delete", "insert", "select", "text", "update")
)
_SESSION_METHODS = frozenset(
    {
        *("exec", "execute", "query", "scalar", "scalars"),
        *("fetch", "fetch_all", "fetch_one", "fetch_val", "fetchrow", "fetchval"),
    }
)


class Contents(Struct, frozen=True):
    """How many definitions of which kind a module has.

    `models`: mapped classes, tables, documents, declarative bases; `schemas`: Pydantic models; `shapes`:
    SQLModel classes without a table, which tables or schemas may derive from; `routes`: endpoints or an
    `APIRouter`; `setup`: settings classes, engines, session factories; `app`: an application is made;
    `wiring`: that, or routers are included, or a container is filled; `plain`: other functions and classes;
    `storage`: the module imports a database library; `queries`: those of the plain ones that query;
    `sessions`: session factories; `foundation`: as `setup`, unless that is for much of the module's own, as
    the engine of a worker's tasks; `web`: the module imports FastAPI; `resolves`: it imports a GraphQL
    library, whose queries are resolvers; `opens`: engines or session factories are made in its functions.
    """

    models: int
    schemas: int
    shapes: int
    routes: int
    setup: int
    app: bool
    wiring: bool
    plain: int
    storage: bool
    queries: int = 0
    sessions: int = 0
    foundation: int = 0
    web: bool = False
    resolves: bool = False
    opens: bool = False

    @property
    def is_querying(self) -> bool:
        """Whether what it defines queries: more than one function of a module that does other things."""
        return self.queries > 0 and not self.opens and _LEAST_SHARE * self.queries >= self.plain


def read_contents(module: Module, symbols: Symbols, classes: Classes) -> Contents:
    """What `module` defines at its top level and in its classes."""
    return _Reader(module, symbols, classes).contents()


def only_query(contents: Sequence[Contents]) -> bool:
    """Whether all that the modules define queries, or is the base that these share."""
    querying = sum(one.queries > 0 for one in contents)
    return 1 < querying >= len(contents) - 1 and all(
        one.plain and one.storage and one.queries in {0, one.plain} and not one.schemas + one.sessions
        for one in contents
    )


def mostly_query(contents: Sequence[Contents]) -> bool:
    """Whether several modules query, and few do anything else; tables and engines lie beside queries."""
    judged = [one for one in contents if one.plain and not one.models + one.setup]
    querying = sum(one.queries > 0 for one in judged)
    return querying > 1 and 3 * querying >= 2 * len(judged) and not any(one.routes for one in contents)


def endpoint_decorator(module: Module, node: FunctionDef, symbols: Symbols) -> Call | None:
    """The decorator by which an `APIRouter` or an application registers the function."""
    for decorator in node.decorators:
        match decorator:
            case Call(func=Attribute(attr=method, value=owner)) if method in _METHODS:
                if is_router(module, owner, symbols):
                    return decorator
    return None


def is_router(module: Module, owner: Expression, symbols: Symbols) -> bool:
    """Whether the name `owner` is assigned an `APIRouter` or an application."""
    made = symbols.resolve(module, owner)
    value = made.node.value if isinstance(made.node, Assign) else None
    return (
        isinstance(value, Call)
        and made.module is not None
        and _makes(made.module, value, symbols, names_of("app", "router"))
    )


def _makes(
    module: Module, call: Call, symbols: Symbols, names: frozenset[str], scope: Scope = (), depth: int = 0
) -> bool:
    """Whether a call makes an object of one of the classes: by itself, or by what a factory returns."""
    maker = symbols.resolve(module, call.func, scope)
    if any(symbol.qualified in names for symbol in (maker, *symbols.bases(maker))):
        return True
    if depth > _MAX_FACTORIES or maker.module is None:
        return False
    match maker.node:
        case FunctionDef() as factory:
            returned = _returned(factory)
            inner = (maker.module, symbols, names, (factory,), depth + 1)
            return any(isinstance(one, Call) and _makes_in(one, inner) for one in returned)
        case Assign(value=Call(func=func)):
            # `Router = router_class()`: the factory returns the class.
            made = symbols.resolve(maker.module, func)
            return isinstance(made.node, FunctionDef) and any(
                _is_class(made, one, symbols, names) for one in _returned(made.node)
            )
    return False


def _makes_in(call: Call, where: tuple[Module, Symbols, frozenset[str], Scope, int]) -> bool:
    module, symbols, names, scope, depth = where
    return _makes(module, call, symbols, names, scope, depth)


def _is_class(factory: Symbol, node: Expression, symbols: Symbols, names: frozenset[str]) -> bool:
    if factory.module is None or not isinstance(factory.node, FunctionDef):
        return False
    symbol = symbols.resolve(factory.module, node, (factory.node,))
    return any(base.qualified in names for base in (symbol, *symbols.bases(symbol)))


def _returned(function: FunctionDef) -> list[Expression]:
    """What a function returns; of a name, also what it is assigned."""
    nodes = [node for statement in statements(function.body) for node in own_nodes(statement)]
    found = [node.value for node in nodes if isinstance(node, Return) and node.value is not None]
    names = {value.id for value in found if isinstance(value, Name)}
    assigned = (
        node.value
        for node in nodes
        if isinstance(node, Assign) and any(isinstance(t, Name) and t.id in names for t in node.targets)
    )
    return [*found, *(value for value in assigned if value is not None)]


class _Reader:
    def __init__(self, module: Module, symbols: Symbols, classes: Classes) -> None:
        self._module = module
        self._symbols = symbols
        self._classes = classes

    def contents(self) -> Contents:
        body = list(statements(self._module.source.body))
        definitions = [(node, self._kind(node)) for node in body if isinstance(node, ClassDef | FunctionDef)]
        kinds = Counter(kind for _, kind in definitions)
        kinds.update(self._made(node) for node in body if isinstance(node, Assign))
        storage = self._imports(DATABASE_PACKAGES) or self._derives_from_store(body)
        app = makes_app([self._module.source]) or any(map(self._makes_own_app, body))
        setup = kinds["setup"] + (0 if _works(definitions) and not kinds["setup"] else kinds["sessions"])
        is_small = kinds["plain"] <= setup + _MAX_BESIDE_SETUP and not any(map(is_task, body))
        is_for_others = is_small or _FOUNDATION.search(self._module.name)
        return Contents(
            models=kinds["models"],
            schemas=kinds["schemas"],
            shapes=kinds["shapes"],
            routes=kinds["routes"],
            setup=setup,
            app=app,
            wiring=app or kinds["container"] > 0 or _includes_routers(self._module.source),
            plain=kinds["plain"],
            storage=storage,
            sessions=kinds["sessions"],
            foundation=setup if is_for_others else 0,
            web=self._imports(_WEB),
            resolves=self._imports(_GRAPHQL),
            opens=storage and self._opens(),
            # Those that make statements or give them to a session.
            queries=self._queries([kind for _, kind in definitions]) if storage or self._asks() else 0,
        )

    def _derives_from_store(self, body: Iterable[Statement]) -> bool:
        """Whether a class derives from one that keeps data for others: `class UserDao(BaseDao)`."""
        for node in body:
            if isinstance(node, ClassDef) and any(_STORE.search(last_name(_generic(b))) for b in node.bases):
                bases = self._symbols.bases(self._symbols.resolve(self._module, node.name))
                homes = {base.module for base in bases if base.module is not None}
                if any(self._imports(DATABASE_PACKAGES, home) for home in homes):
                    return True
        return False

    def _asks(self) -> bool:
        """Whether it imports the service's own connection, of a library that is no SQLAlchemy."""
        if not any(_ON_SESSION in names for names in _called(self._module.source)):
            return False
        namespace = self._symbols.namespace(self._module).names
        imported = (name for name, binding in namespace.items() if isinstance(binding, Imported))
        made = (self._symbols.resolve(self._module, name) for name in imported)
        calls = ((one.module, one.node.value) for one in made if isinstance(one.node, Assign))
        makers = (self._symbols.resolve(m, call.func) for m, call in calls if m and isinstance(call, Call))
        return any(maker.qualified.partition(".")[0] in DATABASE_PACKAGES for maker in makers)

    def _opens(self) -> bool:
        makers = names_of("engine maker") | names_of("session maker")
        called = {name for names in _called(self._module.source) for name in names if name != _ON_SESSION}
        return any(self._symbols.resolve(self._module, name).qualified in makers for name in called)

    def _queries(self, kinds: Iterable[str]) -> int:
        called = zip(_called(self._module.source), kinds, strict=True)
        return sum(self._has_query(names) for names, kind in called if kind == "plain")

    def _has_query(self, called: Iterable[str]) -> bool:
        return any(
            name == _ON_SESSION or self._symbols.resolve(self._module, name).qualified in _STATEMENTS
            for name in called
        )

    def _kind(self, node: ClassDef | FunctionDef) -> str:
        return self._class_kind(node) if isinstance(node, ClassDef) else self._function_kind(node)

    def _class_kind(self, node: ClassDef) -> str:
        symbol = self._symbols.resolve(self._module, node.name)
        if symbol.node is not node:
            return "plain"
        if self._classes.is_stored(symbol) or self._classes.is_declarative_base(symbol):
            return "models"
        if self._classes.is_settings(symbol):
            return "setup"
        bases = {base.qualified for base in self._symbols.bases(symbol)}
        if SQLMODEL in bases:
            return "shapes"
        if self._classes.is_schema(symbol):
            return "schemas"
        if bases & names_of("container"):
            return "container"
        if any(isinstance(item, FunctionDef) and self._is_endpoint(item) for item in node.body):
            return "routes"
        return "" if bases & names_of("enumeration") else "plain"

    def _function_kind(self, node: FunctionDef) -> str:
        return "routes" if self._is_endpoint(node) else "plain"

    def _is_endpoint(self, node: FunctionDef) -> bool:
        return endpoint_decorator(self._module, node, self._symbols) is not None

    def _makes_own_app(self, node: Statement) -> bool:
        """`app = Desk()` of a class of the service's own that derives from an application's."""
        call = node.value if isinstance(node, Assign) else None
        if not isinstance(call, Call):
            return False
        cls = self._symbols.resolve(self._module, call.func)
        made = isinstance(cls.node, ClassDef) and cls.module is not None
        return made and any(base.qualified in names_of("app") for base in self._symbols.bases(cls))

    def _made(self, node: Assign) -> str:
        if not isinstance(node.value, Call):
            return ""
        maker = self._symbols.resolve(self._module, node.value.func).qualified
        if maker == "sqlalchemy.Table":
            return "models"
        if maker in names_of("engine maker", "session maker"):
            return "setup" if maker in names_of("engine maker") else "sessions"
        return "routes" if _makes(self._module, node.value, self._symbols, names_of("router")) else ""

    def _imports(self, packages: Container[str], module: Module | None = None) -> bool:
        """Whether this module, or another one, imports one of the packages."""
        bindings = self._symbols.namespace(module or self._module).names.values()
        sources = (binding for binding in bindings if isinstance(binding, Imported) and not binding.level)
        return any(source.module.partition(".")[0] in packages for source in sources)


def _generic(base: Expression) -> Expression:
    """`Repository` of `Repository[User]`."""
    return base.value if isinstance(base, Subscript) else base


def _works(definitions: Iterable[tuple[ClassDef | FunctionDef, str]]) -> bool:
    """Whether it has a class of its own, which the sessions that it makes may be for."""
    return any(isinstance(node, ClassDef) and kind == "plain" for node, kind in definitions)


_ON_SESSION = "….execute"


@summary
def _called(source: PythonSource) -> tuple[tuple[str, ...], ...]:
    """What each top-level definition calls that may be a library's, and whether methods of sessions."""
    namespace = read_namespace(source.body)
    top = (node for node in statements(source.body) if isinstance(node, ClassDef | FunctionDef))
    logging, imported = loggers(source), imported_names(source)

    def counts(call: Call) -> bool:
        return not logs(call, logging) and not only_makes(call, imported)

    return tuple(tuple(sorted(_names_called(source, node, namespace, counts))) for node in top)


def _names_called(
    source: PythonSource,
    definition: ClassDef | FunctionDef,
    namespace: Namespace,
    counts: Callable[[Call], bool],
) -> set[str]:
    start = min(one.start for one in (definition, *definition.decorators))
    calls = source.nodes.within(start, definition.end, Call)
    called = [call.func for call in calls if counts(call)]
    names = {name for one in called if (name := dotted(one))}
    found = {name for name in names if may_be_library(name, namespace)}
    return found | {_ON_SESSION} if _asks_session(definition, called) else found


def _asks_session(definition: ClassDef | FunctionDef, called: Iterable[Expression]) -> bool:
    """Whether it calls a method of sessions; of a class, half of its methods have to."""
    asking = [one for one in called if type(one) is Attribute and one.attr in _SESSION_METHODS]
    if not asking or isinstance(definition, FunctionDef):
        return bool(asking)
    methods = [one for one in definition.body if isinstance(one, FunctionDef) and one.name[:2] != "__"]
    having = sum(any(one.start <= call.start < one.end for call in asking) for one in methods)
    return 2 * having >= len(methods)


@summary
def injected_names(source: PythonSource) -> frozenset[str]:
    """The last names of what a file has injected: of functions, and of what makes them."""
    if _INJECTING.isdisjoint(source.names):
        return frozenset()
    calls = (one for one in source.nodes.of(Call) if last_name(one.func) in _INJECTING and one.args)
    given = (one.args[0] for one in calls)
    return frozenset(last_name(one.func if isinstance(one, Call) else one) for one in given)


@summary
def _includes_routers(source: PythonSource) -> bool:
    return any(map(_includes_router, source.nodes.of(Evaluate)))


def _includes_router(statement: Evaluate) -> bool:
    call = statement.value
    return type(call) is Call and type(call.func) is Attribute and call.func.attr == "include_router"
