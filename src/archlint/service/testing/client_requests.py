"""Which endpoints the tests request: every call of a client, its path as far as the source tells it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, cached_property

from archlint.facts.syntax import (
    Assign,
    Call,
    ClassDef,
    Constant,
    Dict,
    Expression,
    FString,
    FunctionDef,
    Node,
)
from archlint.facts.syntax import Sequence as Items
from archlint.facts.traversal import dotted
from archlint.service.api.routes import Endpoint, RouteTable
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Scope, Symbols
from archlint.service.testing.client_calls import (
    BROWSED,
    GENERAL,
    METHODS,
    POSITIONAL,
    SOCKETS,
    ClientRequest,
    RequestWay,
    argument,
    is_elsewhere,
    method_of,
    receiver_of,
    verb_of,
)
from archlint.service.testing.fuzzing import methods_fuzzed
from archlint.service.testing.matching import Matches, looks_like_path, matches, under
from archlint.service.testing.other_runners import OtherRequests, requested_elsewhere
from archlint.service.testing.own_clients import OwnClient, own_client
from archlint.service.testing.paths import ANYTHING, GAP, VALUE, RequestPaths, Spot
from archlint.service.testing.said_by_tests import (
    BASES,
    calls_of_defined,
    calls_with_base,
    gets_fixtures,
    given_calls,
    kept_methods,
    used_names,
    verb_calls,
)
from archlint.service.testing.tests import Suite

_CLIENT = re.compile(
    r"(?i)(^|_|\b)(\w*client\w*|ac|api|app|http\w*|\w*requests?|rest|browser|user_agent|c|tc|server)$"
)
_SESSION = re.compile(r"(?i)(?<!request)\.\w*session$")
"""The session that something wraps, `api.session`, is one of HTTP where it is given a text."""
_NO_CLIENT = re.compile(
    r"(?i)(^|[._])(\w*(session|db|database|redis|cache|repo|repository|crud|dao|environ|headers|cookies|dict|data"
    r"|json|body|response|resp|res|result|payload|mock\w*|store|storage|settings|config|service|registry|manager|params"
    r"|router|storage|queue|state|store|context|ctx|row|item|kwargs|args|info|meta|metadata|attrs|fields|map|values"
    r"|uow|connection|conn|cursor|engine|table|model|objects?|spec|schema|form|detail|error|event|message|props"
    r"|respx_mock|httpx_mock|requests_mock|responses|respx|rsps|aioresponses|m))(\(\))?$"
)
_KNOWN_CLIENTS = ("requests", "httpx", "httpx2", "aiohttp")
_CLIENTS = frozenset({"AsyncClient", "AsyncTestClient", "Client", "ClientSession", "TestClient"})
_STEPS = frozenset({"given", "step", "then", "when"})
"""Decorators by which pytest-bdd and behave run a function for a sentence."""
_MAX_HELPERS = 3
"""How many helpers may stand between a test and its request."""
_MAX_CALLS = 400


class Requests:
    """All requests of a service's tests, and the endpoints that they mean."""

    def __init__(self, suite: Suite, modules: Modules, symbols: Symbols, routes: RouteTable) -> None:
        self._suite = suite
        self._modules = modules
        self._symbols = symbols
        self._routes = routes
        self._paths = RequestPaths(symbols, suite.fixtures, routes.machine, self._route_paths, self._callers)
        self._known: dict[tuple[frozenset[str], str, bool], Matches] = {}
        self._serving = cache(self._endpoints_of)
        self._called_at: dict[str, tuple[tuple[Spot, Call], ...]] = {}
        self._spots: dict[tuple[Scope, int], tuple[Spot, ...]] = {}
        self._made_in: dict[FunctionDef, list[Call]] = {}
        self._prefixes: dict[tuple[Module, str, Node | None], tuple[str, ...]] = {}

    @cached_property
    def all(self) -> tuple[ClientRequest, ...]:
        """Every request by path and line."""
        return tuple(request for module in self._suite.modules for request in self._in(module))

    @cached_property
    def tested(self) -> dict[Endpoint, tuple[ClientRequest, ...]]:
        """The endpoints that requests mean, with these; a tool makes its own."""
        found: dict[Endpoint, list[ClientRequest]] = {}
        for request, sure, _ in self._matched:
            for endpoint in sure:
                found.setdefault(endpoint, []).append(request)
        fuzzed = (one for one in self.endpoints if self._fuzzed and not self._fuzzed.isdisjoint(one.methods))
        found |= {endpoint: [] for endpoint in fuzzed if endpoint not in found}
        return {endpoint: tuple(requests) for endpoint, requests in found.items()}

    @cached_property
    def certain(self) -> frozenset[Endpoint]:
        """Those of them that a request means which can mean none of another module."""
        ways = ((one, way) for one in self.all for way in one.ways)
        found = (self._match(way.methods, path, one.socket).sure for one, way in ways for path in way.paths)
        return frozenset(one for sure in found if len({one.home for one in sure}) == 1 for one in sure)

    @cached_property
    def possible(self) -> dict[ClientRequest | OtherRequests, tuple[Endpoint, ...]]:
        """The requests of which too little is known, with the untested endpoints that they may mean."""
        told: list[tuple[ClientRequest | OtherRequests, Iterable[Endpoint]]]
        told = [(request, maybe) for request, _, maybe in self._matched]
        if (wrapping := self._own_client.wrapping) is not None:
            told.append((wrapping, self._by_own_client))
        told += requested_elsewhere(self._suite.configuration.repository, self.endpoints).items()
        return {request: left for request, maybe in told if (left := self._untested(maybe))}

    def _untested(self, endpoints: Iterable[Endpoint]) -> tuple[Endpoint, ...]:
        return tuple(one for one in endpoints if one not in self.tested)

    @cached_property
    def _by_own_client(self) -> tuple[Endpoint, ...]:
        """What a client of the repository's own may request, which tests wrap around the app."""
        requests = (request for module in self._own_client.modules for request in self._in(module))
        found = {one for request in requests for both in self._endpoints(request) for one in both}
        return tuple(one for one in self.endpoints if one in found)

    @cached_property
    def _own_client(self) -> OwnClient:
        return own_client(self._suite, self._modules)

    @property
    def endpoints(self) -> tuple[Endpoint, ...]:
        """All endpoints of the service."""
        return self._routes.endpoints

    @property
    def may_mean_others(self) -> bool:
        """Whether the service has endpoints that archlint does not know."""
        return bool(self._routes.unknown)

    def made_in(self, function: FunctionDef) -> tuple[Endpoint, ...]:
        """The endpoints that the requests in a function mean, in their order."""
        matched = (sure[:1] for request, sure, _ in self._matched if function in request.scope)
        found = (endpoint for sure in matched for endpoint in sure)
        return tuple(dict.fromkeys(found))

    def made_by(self, module: Module) -> tuple[Endpoint, ...]:
        """The endpoints that the requests in a module mean."""
        return tuple(
            one for request, sure, _ in self._matched if request.module is module for one in sure[:1]
        )

    @cached_property
    def everything(self) -> bool:
        """Whether a tool makes requests of all that the OpenAPI document has."""
        return len(self._fuzzed) == len(METHODS)

    @cached_property
    def _fuzzed(self) -> frozenset[str]:
        return methods_fuzzed(self._suite.modules, self._symbols)

    @cached_property
    def _matched(self) -> tuple[tuple[ClientRequest, tuple[Endpoint, ...], tuple[Endpoint, ...]], ...]:
        return tuple((request, *self._endpoints(request)) for request in self.all)

    def _endpoints(self, request: ClientRequest) -> tuple[tuple[Endpoint, ...], tuple[Endpoint, ...]]:
        found = [self._match(way.methods, path, request.socket) for way in request.ways for path in way.paths]
        sure = dict.fromkeys(endpoint for one in found for endpoint in one.sure)
        maybe = dict.fromkeys(endpoint for one in found for endpoint in one.maybe)
        return tuple(sure), tuple(one for one in maybe if one not in sure)

    def _match(self, methods: frozenset[str], path: str, socket: bool) -> Matches:
        key = (methods, path, socket)
        if key not in self._known:
            self._known[key] = matches(path, self._serving(methods, socket))
        return self._known[key]

    def _endpoints_of(self, methods: frozenset[str], socket: bool) -> list[Endpoint]:
        return [one for one in self._routes.endpoints if _has_method(one, methods, socket=socket)]

    def _in(self, module: Module) -> Iterator[ClientRequest]:
        for call in verb_calls(module.source):
            scope = module.source.definitions.around(call)
            unused = any(id(one) in self._unused_fixtures for one in scope)
            request = None if unused else self._read(module, call, scope)
            if request is not None:
                yield request
        yield from self._kept(module)

    def _kept(self, module: Module) -> Iterator[ClientRequest]:
        """A client's method that is kept or handed on, `send = client.patch`, may request anything."""
        for node in kept_methods(module.source):
            name = dotted(node.value)
            if name and _CLIENT.search(name) and not _NO_CLIENT.search(name.rpartition(".")[2]):
                call = Call(node.start, node.length, node, (), ())
                way = RequestWay(frozenset({METHODS[node.attr]}), (GAP,))
                yield ClientRequest(module, call, module.source.definitions.around(node), False, (way,))

    def _read(self, module: Module, call: Call, scope: Scope) -> ClientRequest | None:
        verb, receiver = verb_of(call), receiver_of(call)
        position = 1 if verb in GENERAL else 0
        path = argument(call, position, "url", "path", "endpoint", "route")
        if path is None or receiver is None or len(call.args) > position + POSITIONAL.get(verb, 4):
            return None
        if is_elsewhere(path) and self._leaves(module, verb, receiver, scope):
            return None
        name = dotted(receiver) or ""
        is_session = isinstance(path, Constant | FString) and _SESSION.search(name) is not None
        named = _CLIENT.search(name) is not None
        certain = is_session or (not named and self._is_client(module, receiver, scope))
        if not certain and not self._may_be_client(module, receiver, scope):
            return None
        method = method_of(call, verb)
        prefixes = self._base(module, receiver, scope)
        ways = [self._way(method, path, prefixes, spot) for spot in self._contexts(module, scope, 0)]
        texts = (one for way in ways for one in way.paths)
        if not any(looks_like_path(one, known_client=certain or named) for one in texts):
            return None
        return ClientRequest(module, call, scope, verb in SOCKETS, tuple(dict.fromkeys(ways)))

    def _leaves(self, module: Module, verb: str, receiver: Expression, scope: Scope) -> bool:
        """Whether the request goes over the network: a client of the tests may lead any host to the app."""
        return verb == BROWSED or self._symbols.resolve(module, receiver, scope).qualified in _KNOWN_CLIENTS

    def _way(
        self, method: Expression | str | None, path: Expression, prefixes: tuple[str, ...], spot: Spot
    ) -> RequestWay:
        methods = (method or "",) if not isinstance(method, Node) else self._paths.texts(method, spot)
        if any(GAP in one or VALUE in one for one in methods):
            methods = tuple(METHODS.values())
        texts = self._paths.texts(path, spot)
        joined = tuple(dict.fromkeys(under(prefix, one) for prefix in prefixes for one in texts))
        return RequestWay(frozenset(one.upper() for one in methods) - {""}, joined)

    def _contexts(self, module: Module, scope: Scope, depth: int) -> tuple[Spot, ...]:
        """The body of a function with its parameters as the calls of it in the tests give them, each once."""
        if not scope:
            return (Spot(module),)
        if (scope, depth) not in self._spots:
            self._spots[scope, depth] = tuple(dict.fromkeys(self._called(module, scope, depth)))
        return self._spots[scope, depth]

    def _called(self, module: Module, scope: Scope, depth: int) -> Iterator[Spot]:
        inner = next((one for one in reversed(scope) if isinstance(one, FunctionDef)), None)
        is_helper = inner is not None and self._is_helper(inner)
        calls = self._callers(inner.name) if inner is not None and is_helper else ()
        if is_helper and inner is not None and inner.name not in self._mentioned:
            return
        if inner is None or not calls:
            yield Spot(module, scope)
            return
        if depth >= _MAX_HELPERS or len(calls) > _MAX_CALLS:
            yield Spot(module, scope, tuple((one.name, (ANYTHING,)) for one in inner.parameters))
            return
        for spot, call in calls:
            around = (
                self._contexts(spot.module, spot.scope, depth + 1) if inner not in spot.scope else (spot,)
            )
            for outer in around:
                yield Spot(module, scope, tuple(self._paths.bound(call, inner, outer).items()))

    def _is_helper(self, function: FunctionDef) -> bool:
        return id(function) not in self._run_by_pytest and any(
            one.default is None and one.name not in {"self", "cls"} for one in function.parameters
        )

    @cached_property
    def _unused_fixtures(self) -> frozenset[int]:
        """The fixtures that no test asks for; those that one gets by name are not known to be unused."""
        used = {id(fixture.node) for test in self._suite.tests for fixture in test.fixtures}
        by_name = any(gets_fixtures(module.source) for module in self._speaking)
        return frozenset(id(one.node) for one in self._suite.fixtures.all if not by_name) - used

    @cached_property
    def _mentioned(self) -> frozenset[str]:
        """The functions' names that the tests use anywhere: a helper that nobody uses requests nothing."""
        defined = self._symbols.modules.defined
        return frozenset().union(*(used_names(module.source, defined) for module in self._speaking))

    @cached_property
    def _speaking(self) -> tuple[Module, ...]:
        return (*self._suite.modules, *self._own_client.modules)

    @cached_property
    def _run_by_pytest(self) -> frozenset[int]:
        tests = [id(test.node) for test in self._suite.tests]
        tests += (
            id(one)
            for module in self._suite.modules
            for one in module.source.nodes.of(FunctionDef)
            if any(isinstance(made, Call) and verb_of(made) in _STEPS for made in one.decorators)
        )
        return frozenset((*tests, *(id(fixture.node) for fixture in self._suite.fixtures.all)))

    def _is_client(self, module: Module, receiver: Expression, scope: Scope) -> bool:
        """Whether the source says so: by what the name is given, or by a parameter's annotation."""
        name = dotted(receiver)
        inner = next((one for one in reversed(scope) if isinstance(one, FunctionDef)), None)
        if name is None or inner is None:
            return False
        said = [call.func for given, call in given_calls(module.source, inner) if given == name]
        said += [
            one.annotation for one in inner.parameters if one.name == name and one.annotation is not None
        ]
        found = (self._symbols.resolve(module, one, scope).qualified for one in said)
        return any(one.rpartition(".")[2] in _CLIENTS for one in found)

    def _may_be_client(self, module: Module, receiver: Expression, scope: Scope) -> bool:
        """Whether this can be a client, as far as its name and its origin tell."""
        if isinstance(receiver, Constant | FString | Items | Dict):
            return False
        root, _, name = (dotted(receiver) or "").rpartition(".")
        functions = (one for one in scope if isinstance(one, FunctionDef))
        if not root and any(name == parameter.name for one in functions for parameter in one.parameters):
            return not _NO_CLIENT.search(name) or self._is_client(module, receiver, scope)
        symbol = self._symbols.resolve(module, receiver, scope)
        if symbol.module is None and symbol.qualified:
            return symbol.qualified.partition(".")[0] in _KNOWN_CLIENTS
        made = symbol.node.value if isinstance(symbol.node, Assign) else None
        maker = self._symbols.resolve(symbol.module or module, made.func) if isinstance(made, Call) else None
        is_router = maker is not None and maker.qualified in names_of("app", "router")
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
        for given, call in given_calls(module.source, inner) if inner else ():
            if given == name:
                yield from self._base_of(module, call, scope)
        fixture = self._suite.fixtures.visible(name, module)
        if fixture is None or depth > 3 or not isinstance(fixture.node, FunctionDef):
            return
        around = (*fixture.scope, fixture.node)
        if fixture.node not in self._made_in:
            nodes = calls_with_base(fixture.module.source)
            self._made_in[fixture.node] = [one for one in nodes if _inside(one, fixture.node)]
        calls = self._made_in[fixture.node]
        found = [base for one in calls for base in self._base_of(fixture.module, one, around)]
        if found:
            yield from found
            return
        for parameter in fixture.parameters:
            if parameter != name and "client" in parameter:
                yield from self._bases(fixture.module, parameter, (), depth + 1)

    def _base_of(self, module: Module, call: Call, scope: Scope) -> Iterator[str]:
        for keyword in call.keywords:
            if keyword.name in BASES:
                for one in self._paths.texts(keyword.value, Spot(module, scope)):
                    path = re.sub(r"^[\w+]+://[^/]*", "", one).rstrip("/")
                    yield path if GAP not in path and VALUE not in path else ""

    def _callers(self, name: str) -> tuple[tuple[Spot, Call], ...]:
        if name not in self._called_at:
            calls = self._by_name.get(name, ())
            found = ((Spot(module, module.source.definitions.around(call)), call) for module, call in calls)
            self._called_at[name] = tuple(found)
        return self._called_at[name]

    @cached_property
    def _by_name(self) -> dict[str, list[tuple[Module, Call]]]:
        found: dict[str, list[tuple[Module, Call]]] = {}
        for module in self._speaking:
            for call in calls_of_defined(module.source, self._symbols.modules.defined):
                found.setdefault(verb_of(call), []).append((module, call))
        return found

    def _route_paths(self, name: str) -> tuple[str, ...]:
        names = {name, name.rpartition(":")[2]}
        found = (one.path for one in self._routes.endpoints if one.name in names)
        return tuple(dict.fromkeys(re.sub(r"\{[^}]*\}", VALUE, path) for path in found))


def _has_method(endpoint: Endpoint, methods: frozenset[str], *, socket: bool) -> bool:
    if socket or endpoint.kind == "websocket":
        return socket and endpoint.kind == "websocket"
    return not methods.isdisjoint(endpoint.methods)


def _inside(node: Node, around: FunctionDef | ClassDef) -> bool:
    return around.start <= node.start and node.end <= around.end
