"""A request's way: the handler, and the dependencies that FastAPI resolves for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.facts.syntax import Assign, Call, Expression, FunctionDef, Parameter, Sequence, Subscript
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.api.routes import Endpoint
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.calls.values import ClassType, FunctionType, InferredTypes, InstanceType
from archlint.service.semantics.library_names import names_of
from archlint.service.transactions.session_acts import is_session


class RequestFlow(Struct, eq=False, frozen=True):
    """What one endpoint runs: its dependencies in the order of their resolution, then the handler.

    `complete` is false where a dependency could not be followed.
    """

    endpoint: Endpoint
    handler: Function
    dependencies: tuple[Function, ...]
    complete: bool

    @property
    def title(self) -> str:
        """`POST /orders`."""
        return f"{'/'.join(self.endpoint.methods) or 'WEBSOCKET'} {self.endpoint.path}"


def requests(calls: Calls, endpoints: Iterable[Endpoint]) -> Iterator[RequestFlow]:
    """The requests to the service's own handlers, each handler once."""
    seen: set[Function] = set()
    for endpoint in endpoints:
        handler = calls.program.functions.get(endpoint.handler.definition)
        if handler is not None and handler not in seen:
            seen.add(handler)
            resolver = _Resolver(calls)
            resolver.resolve(handler)
            yield RequestFlow(endpoint, handler, tuple(resolver.found), resolver.complete)


class _Resolver:
    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self.found: dict[Function, None] = {}
        self._entered: set[Function] = set()
        self.complete = True

    def resolve(self, function: Function) -> None:
        """Add what the function has injected, innermost first.

        A provider that is called like the function itself is what the name meant before its `def`.
        """
        self._entered.add(function)
        for _, values in injected(self._calls, function):
            providers = tuple(provider_functions(values))
            self.complete = self.complete and bool(values) and function not in providers
            for provider in providers:
                if provider not in self._entered:
                    self.resolve(provider)
                    self.found[provider] = None


def provider_functions(values: InferredTypes) -> Iterator[Function]:
    """The functions that FastAPI calls for `Depends` of one of the values."""
    for value in values:
        match value:
            case FunctionType(function):
                yield function
            case ClassType(cls):
                method = cls.find_method("__init__")
                if method is not None:
                    yield method
            case InstanceType(cls):
                method = cls.find_method("__call__")
                if method is not None:
                    yield method


def injected(calls: Calls, function: Function) -> Iterator[tuple[Parameter, InferredTypes]]:
    """The parameters that FastAPI injects, each with what stands in its `Depends`."""
    for parameter in function.node.parameters if isinstance(function.node, FunctionDef) else ():
        for marker in (parameter.default, parameter.annotation):
            found = _marked(calls, function, marker) if marker is not None else None
            if found is not None:
                yield parameter, found
                break


def session_parameters(calls: Calls, function: Function) -> Iterator[tuple[str, tuple[Function, ...]]]:
    """The injected parameters that are sessions, with their providers."""
    for parameter, values in injected(calls, function):
        if is_session(calls.inference.parameter(function, parameter)):
            yield parameter.name, tuple(provider_functions(values))


def _marked(calls: Calls, function: Function, marker: Expression) -> InferredTypes | None:
    """What is injected by a `Depends(…)`, an `Annotated` with one in it, or a name for either."""
    outer = function.parent or function
    match marker:
        case Call(func=func, args=arguments):
            symbol = calls.symbols.resolve(function.module, func, function.scope)
            if symbol.qualified in names_of("injector") and arguments:
                given = calls.inference.values(arguments[0], outer)
                return _hidden(calls, function, arguments[0]) if FunctionType(function) in given else given
            return None
        case Subscript(index=Sequence(items=items)):
            found = (_marked(calls, function, item) for item in items[1:])
            return next((one for one in found if one is not None), None)
    if dotted(marker) is None:
        return None
    symbol = calls.symbols.resolve(function.module, marker, function.scope)
    value = symbol.node.value if isinstance(symbol.node, Assign) else None
    if symbol.module is None or value is None or not any(isinstance(one, Call) for one in all_nodes(value)):
        return None
    return _marked(calls, calls.program.add(symbol.module), value)


def _hidden(calls: Calls, function: Function, named: Expression) -> InferredTypes:
    """What the function's name meant before it: `def user(user=Depends(user))` is given what was imported."""
    meant = calls.symbols.in_head(calls.symbols.resolve(function.module, named, function.scope), named)
    if meant.module is None or not isinstance(meant.node, FunctionDef):
        return ()
    calls.program.add(meant.module)
    return (FunctionType(calls.program.functions[meant.node]),)
