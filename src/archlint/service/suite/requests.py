"""Which endpoints the tests request: every call of a client, its path as far as the source tells it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    FString,
    FunctionDef,
    Name,
    Node,
    With,
    dotted,
)
from archlint.facts.syntax import Sequence as Items
from archlint.findings import Location
from archlint.service.evaluation.values import text
from archlint.service.modules import Module
from archlint.service.namespaces import statements
from archlint.service.routes import Endpoint, RouteTable
from archlint.service.suite.matching import matches
from archlint.service.suite.paths import GAP, VALUE, Paths, Spot
from archlint.service.suite.placing import Places
from archlint.service.suite.tests import Suite
from archlint.service.symbols import Scope, Symbols

_METHODS = {name.lower(): name for name in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")}
_GENERAL = frozenset({"build_request", "request", "stream"})
_SOCKETS = frozenset({"websocket_connect"})
_BY_NAME = "getattr"
_VERBS = frozenset({*_METHODS, *_GENERAL, *_SOCKETS, _BY_NAME})
_POSITIONAL = {"delete": 1, "get": 1, "head": 1, _BY_NAME: 4}
"""How many arguments a request of the kind has by position; a `get` with a default asks no server."""
_ROUTERS = frozenset({"fastapi.APIRouter", "fastapi.FastAPI"})
_CLIENT = re.compile(
    r"(?i)(^|_|\b)(\w*client\w*|ac|api|app|http\w*|\w*requests?|rest|browser|user_agent|c|tc|server)$"
)
_NO_CLIENT = re.compile(
    r"(?i)(^|[._])(\w*(session|db|database|redis|cache|repo|repository|crud|dao|environ|headers|cookies|dict|data"
    r"|json|body|response|resp|res|result|payload|mock\w*|store|storage|settings|config|service|registry|manager|params"
    r"|router|storage|queue|state|store|context|ctx|row|item|kwargs|args|info|meta|metadata|attrs|fields|map|values"
    r"|uow|connection|conn|cursor|engine|table|model|objects?|spec|schema|form|detail|error|event|message|props"
    r"|respx_mock|httpx_mock|requests_mock|responses|respx|rsps|aioresponses|m))(\(\))?$"
)
_KNOWN_CLIENTS = ("requests", "httpx", "aiohttp")


@dataclass(frozen=True, slots=True, eq=False)
class Request:
    """A call of a client: the methods that it may have, none for a WebSocket, and what its path can be."""

    module: Module
    call: Call
    scope: Scope
    methods: frozenset[str]
    socket: bool
    paths: tuple[str, ...]

    @property
    def location(self) -> Location:
        """The call."""
        return self.module.location(self.call)


class Requests:
    """All requests of a service's tests, and the endpoints that they mean."""

    def __init__(self, suite: Suite, symbols: Symbols, routes: RouteTable) -> None:
        self._suite = suite
        self._symbols = symbols
        self._routes = routes
        self._places = Places()
        self._paths = Paths(symbols, suite.fixtures, routes.machine, self._route_paths, self._callers)
        self._prefixes: dict[tuple[Module, str, Node | None], tuple[str, ...]] = {}

    @cached_property
    def all(self) -> tuple[Request, ...]:
        """Every request by path and line."""
        return tuple(request for module in self._suite.modules for request in self._in(module))

    @cached_property
    def tested(self) -> dict[Endpoint, tuple[Request, ...]]:
        """The endpoints that requests mean, with these."""
        found: dict[Endpoint, list[Request]] = {}
        for request, sure, _ in self._matched:
            for endpoint in sure:
                found.setdefault(endpoint, []).append(request)
        return {endpoint: tuple(requests) for endpoint, requests in found.items()}

    @cached_property
    def possible(self) -> dict[Request, tuple[Endpoint, ...]]:
        """The requests of which too little is known, with the untested endpoints that they may mean."""
        left = {
            request: tuple(one for one in maybe if one not in self.tested)
            for request, _, maybe in self._matched
        }
        return {request: endpoints for request, endpoints in left.items() if endpoints}

    @cached_property
    def everything(self) -> bool:
        """Whether a tool makes requests of all that the OpenAPI document has."""
        tools = ("schemathesis", "hypothesis_fastapi", "fastapi_fuzz")
        return any(
            binding.module.partition(".")[0] in tools
            for module in self._suite.modules
            for binding in self._symbols.namespace(module).names.values()
            if hasattr(binding, "module")
        )

    @cached_property
    def _matched(self) -> tuple[tuple[Request, tuple[Endpoint, ...], tuple[Endpoint, ...]], ...]:
        known: dict[tuple[str, frozenset[str], bool], tuple[tuple[Endpoint, ...], tuple[Endpoint, ...]]] = {}
        return tuple((request, *self._endpoints(request, known)) for request in self.all)

    def _endpoints(
        self,
        request: Request,
        known: dict[tuple[str, frozenset[str], bool], tuple[tuple[Endpoint, ...], tuple[Endpoint, ...]]],
    ) -> tuple[tuple[Endpoint, ...], tuple[Endpoint, ...]]:
        sure: dict[Endpoint, None] = {}
        maybe: dict[Endpoint, None] = {}
        for path in request.paths:
            key = (path, request.methods, request.socket)
            if key not in known:
                fitting = [one for one in self._routes.endpoints if _has_method(one, request)]
                found = matches(path, fitting)
                known[key] = (found.sure, found.maybe)
            sure.update(dict.fromkeys(known[key][0]))
            maybe.update(dict.fromkeys(known[key][1]))
        return tuple(sure), tuple(one for one in maybe if one not in sure)

    def _in(self, module: Module) -> Iterator[Request]:
        calls = [one for one in module.source.nodes.of(Call) if _verb(one) in _VERBS]
        if not calls:
            return
        decorators = {id(d) for one in module.source.nodes.of(FunctionDef) for d in one.decorators}
        for call in calls:
            if id(call) not in decorators and isinstance(call.func, Attribute | Call):
                scope = self._places.around(module, call)
                request = self._read(module, call, scope)
                if request is not None:
                    yield request

    def _read(self, module: Module, call: Call, scope: Scope) -> Request | None:
        verb, receiver, by_name = _verb(call), _receiver(call), _verb(call) == _BY_NAME
        position = 1 if verb in _GENERAL else 0
        path = _argument(call, position, "url", "path", "endpoint", "route")
        if path is None or receiver is None or len(call.args) > position + _POSITIONAL.get(verb, 4):
            return None
        if not self._may_be_client(module, receiver, scope):
            return None
        texts = self._paths.texts(path, Spot(module, scope))
        is_client = _CLIENT.search(dotted(receiver) or "") is not None
        if not any(_looks_like_path(one, known_client=is_client) for one in texts):
            return None
        given = _argument(call, 0, "method") if verb in _GENERAL else None
        given = call.func.args[1] if by_name and isinstance(call.func, Call) else given
        methods = (
            self._methods(module, given, scope) if verb in _GENERAL or by_name else {_METHODS.get(verb, "")}
        )
        prefixes = self._base(module, receiver, scope)
        joined = tuple(dict.fromkeys(prefix + one for prefix in prefixes for one in texts))
        return Request(module, call, scope, frozenset(methods) - {""}, verb in _SOCKETS, joined)

    def _methods(self, module: Module, given: Expression | None, scope: Scope) -> frozenset[str]:
        texts = self._paths.texts(given, Spot(module, scope)) if given is not None else (GAP,)
        if any(GAP in one or VALUE in one for one in texts):
            return frozenset(_METHODS.values())
        return frozenset(one.upper() for one in texts)

    def _may_be_client(self, module: Module, receiver: Expression, scope: Scope) -> bool:
        """Whether this can be a client, as far as its name and its origin tell."""
        if isinstance(receiver, Constant | FString | Items | Dict):
            return False
        name = (dotted(receiver) or "").rpartition(".")[2]
        symbol = self._symbols.resolve(module, receiver, scope)
        if symbol.module is None and symbol.qualified:
            return symbol.qualified.partition(".")[0] in _KNOWN_CLIENTS
        made = symbol.node.value if isinstance(symbol.node, Assign) else None
        maker = self._symbols.resolve(symbol.module or module, made.func) if isinstance(made, Call) else None
        is_router = maker is not None and maker.qualified in _ROUTERS
        return not is_router and not (name and _NO_CLIENT.search(name))

    def _base(self, module: Module, receiver: Expression, scope: Scope) -> tuple[str, ...]:
        """The path in the base URL that the receiver was made with."""
        name = dotted(receiver) or ""
        inner = next((one for one in reversed(scope) if isinstance(one, FunctionDef)), None)
        key = (module, name, inner)
        if key not in self._prefixes:
            self._prefixes[key] = tuple(self._bases(module, name, scope, 0)) or ("",)
        return self._prefixes[key]

    def _bases(self, module: Module, name: str, scope: Scope, depth: int) -> Iterator[str]:
        inner = next((one for one in reversed(scope) if isinstance(one, FunctionDef)), None)
        for value in _made(name, inner) if inner else ():
            yield from self._base_of(module, value, scope)
        fixture = self._suite.fixtures.visible(name, module)
        if fixture is None or depth > 3 or not isinstance(fixture.node, FunctionDef):
            return
        around = (*fixture.scope, fixture.node)
        calls = [one for one in fixture.module.source.nodes.of(Call) if _inside(one, fixture.node)]
        found = [base for one in calls for base in self._base_of(fixture.module, one, around)]
        if found:
            yield from found
            return
        for parameter in fixture.parameters:
            if parameter != name and "client" in parameter:
                yield from self._bases(fixture.module, parameter, (), depth + 1)

    def _base_of(self, module: Module, call: Call, scope: Scope) -> Iterator[str]:
        for keyword in call.keywords:
            if keyword.name in {"base_url", "root_path"}:
                for one in self._paths.texts(keyword.value, Spot(module, scope)):
                    path = re.sub(r"^[\w+]+://[^/]*", "", one).rstrip("/")
                    yield path if GAP not in path and VALUE not in path else ""

    def _callers(self, name: str) -> Iterator[tuple[Spot, Call]]:
        for module, call in self._by_name.get(name, ()):
            yield Spot(module, self._places.around(module, call)), call

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[Module, Call]]]:
        found: dict[str, list[tuple[Module, Call]]] = {}
        for module in self._suite.modules:
            for call in module.source.nodes.of(Call):
                found.setdefault(_verb(call), []).append((module, call))
        return found

    def _route_paths(self, name: str) -> tuple[str, ...]:
        found = (one.path for one in self._routes.endpoints if _route_name(one) == name.rpartition(":")[2])
        return tuple(dict.fromkeys(re.sub(r"\{[^}]*\}", VALUE, path) for path in found))


def _verb(call: Call) -> str:
    """The last name of what is called; `getattr(client, method)(…)` may be any method."""
    match call.func:
        case Attribute(attr=name) | Name(id=name):
            return name
        case Call(func=Name(id="getattr"), args=(_, _)):
            return _BY_NAME
    return ""


def _receiver(call: Call) -> Expression | None:
    match call.func:
        case Attribute(value=value):
            return value
        case Call(args=(value, _)):
            return value
    return None


def _looks_like_path(text: str, *, known_client: bool) -> bool:
    """Whether a text may be a URL; of a word without any slash only a client can make one."""
    if re.search(r"[\s<>\"']", text):
        return False
    return known_client or text.startswith(("/", "http", "ws:", f"{GAP}/", f"{VALUE}/"))


def _route_name(endpoint: Endpoint) -> str:
    return text(endpoint.route.options.get("name")) or endpoint.handler.definition.name


def _has_method(endpoint: Endpoint, request: Request) -> bool:
    if request.socket or endpoint.kind == "websocket":
        return request.socket and endpoint.kind == "websocket"
    return not request.methods.isdisjoint(endpoint.methods)


def _argument(call: Call, position: int, *names: str) -> Expression | None:
    named = next((keyword.value for keyword in call.keywords if keyword.name in names), None)
    return named or (call.args[position] if position < len(call.args) else None)


def _made(name: str, function: FunctionDef) -> Iterator[Call]:
    """The calls whose result the function gives to a name."""
    for statement in statements(function.body):
        if isinstance(statement, Assign) and isinstance(statement.value, Call):
            if any(dotted(target) == name for target in statement.targets):
                yield statement.value
        elif isinstance(statement, With):
            for item in statement.items:
                if isinstance(item.value, Call) and item.target is not None and dotted(item.target) == name:
                    yield item.value


def _inside(node: Node, around: FunctionDef | ClassDef) -> bool:
    return around.start <= node.start and node.end <= around.end
