"""What a module defines, as far as it tells which layer the module plays."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterable, Sequence, Set

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Expression,
    FunctionDef,
    Statement,
    Subscript,
)
from archlint.service.api.applications import makes_app
from archlint.service.database.packages import DATABASE_PACKAGES
from archlint.service.layers.definition_calls import (
    BY_SESSION,
    ON_SESSION,
    called_by_definitions,
    including,
)
from archlint.service.semantics.bindings import Imported, returned_values, statements
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.library_names import SQLMODEL, names_of
from archlint.service.semantics.modules import Module
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
_STORE = re.compile(r"(Repository|Repo|Dao|DAO|Crud|CRUD)(Base)?$")
"""How classes are called that keep data for the rest of the service."""

_OTHERS = DATABASE_PACKAGES - {"sqlalchemy", "sqlmodel"}
_STATEMENTS = frozenset(
    f"{package}.{name}"
    for package in ("sqlalchemy", "sqlmodel")
    for name in ("delete", "insert", "select", "text", "update")
)


class Contents(Struct, frozen=True):
    """How many definitions of which kind a module has.

    `models`: mapped classes, tables, documents, declarative bases; `schemas`: Pydantic models; `shapes`:
    SQLModel classes without a table, which tables or schemas may derive from; `routes`: endpoints or an
    `APIRouter`; `setup`: settings classes, engines, session factories; `app`: an application is made,
    or gets its routers; `wiring`: that, or routers are included, or a container is filled; `plain`: other
    functions and classes; `classes`: these classes; `storage`: the module imports a database library, or has
    stores; `queries`: those of the plain ones that query; `stores`: they, where all are classes called so, as
    `UserRepository`;
    `sends`: a session or another database is asked, here or by the store that a class derives from;
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
    stores: int = 0
    sends: bool = False
    sessions: int = 0
    foundation: int = 0
    web: bool = False
    resolves: bool = False
    opens: bool = False
    classes: int = 0

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
    return _is_made(module, owner, symbols, names_of("app", "router"))


def _is_made(module: Module, owner: Expression, symbols: Symbols, names: frozenset[str]) -> bool:
    """Whether a name is assigned what one of the classes, or a factory of theirs, makes."""
    made = symbols.resolve(module, owner)
    value = made.node.value if isinstance(made.node, Assign) else None
    return isinstance(value, Call) and made.module is not None and _makes(made.module, value, symbols, names)


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
            returned = returned_values(factory)
            inner = (maker.module, symbols, names, (factory,), depth + 1)
            return any(isinstance(one, Call) and _makes_in(one, inner) for one in returned)
        case Assign(value=Call(func=func)):
            # `Router = router_class()`: the factory returns the class.
            made = symbols.resolve(maker.module, func)
            return isinstance(made.node, FunctionDef) and any(
                _is_class(made, one, symbols, names) for one in returned_values(made.node)
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
        derives = self._derives_from_store(body)
        storage = derives or self._imports(DATABASE_PACKAGES)
        named = [node.name for node, kind in definitions if kind == "plain"]
        stores = named if all(map(_STORE.search, named)) and self._has({ON_SESSION, BY_SESSION}) else []
        into = including(self._module.source)
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
            app=app or any(map(self._is_app, into)),
            wiring=app or kinds["container"] > 0 or bool(into),
            plain=kinds["plain"],
            classes=sum(kind == "plain" and isinstance(node, ClassDef) for node, kind in definitions),
            storage=storage or bool(stores),
            stores=len(stores),
            sends=derives or self._sends() or self._imports(_OTHERS),
            sessions=kinds["sessions"],
            foundation=setup if is_for_others else 0,
            web=self._imports(_WEB),
            resolves=self._imports(_GRAPHQL),
            opens=storage and self._opens(),
            # Those that make statements or give them to a session.
            queries=self._queries([kind for _, kind in definitions])
            if storage or stores or self._asks()
            else 0,
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

    def _sends(self) -> bool:
        """Whether it asks a session, or has imported with what to ask one."""
        bindings = self._symbols.namespace(self._module).names.values()
        imported = {f"{one.module}.{one.name}" for one in bindings if isinstance(one, Imported)}
        return bool(imported & _STATEMENTS) or self._has({ON_SESSION}) or self._has({BY_SESSION})

    def _has(self, called: Set[str]) -> bool:
        """Whether a definition calls all of these."""
        return any(called <= {*names} for names in called_by_definitions(self._module.source))

    def _asks(self) -> bool:
        """Whether it imports the service's own connection, of a library that is no SQLAlchemy."""
        if not any(ON_SESSION in names for names in called_by_definitions(self._module.source)):
            return False
        namespace = self._symbols.namespace(self._module).names
        imported = (name for name, binding in namespace.items() if isinstance(binding, Imported))
        made = (self._symbols.resolve(self._module, name) for name in imported)
        calls = ((one.module, one.node.value) for one in made if isinstance(one.node, Assign))
        makers = (self._symbols.resolve(m, call.func) for m, call in calls if m and isinstance(call, Call))
        return any(maker.qualified.partition(".")[0] in DATABASE_PACKAGES for maker in makers)

    def _opens(self) -> bool:
        makers = names_of("engine maker") | names_of("session maker")
        called = {
            name
            for names in called_by_definitions(self._module.source)
            for name in names
            if name != ON_SESSION
        }
        return any(self._symbols.resolve(self._module, name).qualified in makers for name in called)

    def _queries(self, kinds: Iterable[str]) -> int:
        called = zip(called_by_definitions(self._module.source), kinds, strict=True)
        return sum(self._has_query(names) for names, kind in called if kind == "plain")

    def _has_query(self, called: Iterable[str]) -> bool:
        return any(
            name == ON_SESSION or self._symbols.resolve(self._module, name).qualified in _STATEMENTS
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

    def _is_app(self, owner: Expression) -> bool:
        """Whether it is an application, which another module may make."""
        return _is_made(self._module, owner, self._symbols, names_of("app"))

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
