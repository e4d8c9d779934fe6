"""The edges found so far, and those that have to wait until every function is read.

Only then is known what a function does with the functions that it is given, and what its decorators run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.service.calls.callbacks import CALLED, Parameters, Use, compose
from archlint.service.calls.conditions import KnownArguments, Need
from archlint.service.calls.edge import Edge, LibraryCall
from archlint.service.calls.functions import Function
from archlint.service.calls.inference import Inference
from archlint.service.calls.library_models import ExecutionWay
from archlint.service.calls.sites import Site
from archlint.service.calls.validation import Validation
from archlint.service.calls.values import (
    ClassType,
    Coroutine,
    Elements,
    FunctionType,
    Generator,
    InferredType,
    InferredTypes,
    InstanceType,
    Manager,
    ParameterType,
)

_RUNNABLE = frozenset({FunctionType, Coroutine, Generator, ParameterType})
CONSTRUCTORS = ("__new__", "__init__", "__post_init__")
_KEPT = ("cache", "lru_cache", "cached", "alru_cache", "memoize", "singleton", "ttl_cache")
_CALLED = frozenset({CALLED})
_STORED = frozenset({Use("stored", "stored")})


class GivenFunctions(Struct, eq=False, frozen=True):
    """Functions given to a function of the service, whose use of its parameter is not known yet."""

    caller: Function
    site: Site
    callee: Function
    parameter: str
    values: InferredTypes


class Decorated(Struct, eq=False, frozen=True):
    """A function under decorators of the service is called, or given to what uses it so."""

    caller: Function
    site: Site
    callee: Function
    decorators: tuple[Function, ...]
    uses: frozenset[Use] = frozenset({CALLED})


class Kept(Struct, eq=False, frozen=True):
    """A call of what was given for a parameter of another function, which kept it in a registry or field."""

    caller: Function
    site: Site
    owner: Function
    parameter: str


class EdgeCollector:
    """Keeps the edges; `finish` adds those that need all others."""

    def __init__(self, inference: Inference) -> None:
        self._inference = inference
        self.validation = Validation(inference)
        self._parameters = Parameters(self)
        self._pending: defaultdict[Function, list[GivenFunctions | Decorated | Kept]] = defaultdict(list)
        self._properties: frozenset[str] | None = None
        self._by_decorator: defaultdict[Function, list[Function]] = defaultdict(list)
        self.injected: dict[Function, None] = {}
        """What stands in `Depends(…)`, in the order of its discovery."""

        self.edges: defaultdict[Function, list[Edge]] = defaultdict(list)
        self.library_calls: defaultdict[Function, list[LibraryCall]] = defaultdict(list)

    def finish(self) -> None:
        """Follow what was given to the service's own functions."""
        given = self._given()
        for function in list(self._pending):
            for pending in self._pending[function]:  # What is decorated is added while this goes on.
                if isinstance(pending, GivenFunctions):
                    uses = self._parameters.uses(pending.callee, pending.parameter) or _STORED
                    for value in pending.values:
                        self._use(pending.caller, pending.site, value, uses)
                elif isinstance(pending, Kept):
                    for value in given.get((pending.owner, pending.parameter), ()):
                        self._use(pending.caller, pending.site, value, _CALLED)
                else:
                    self._finish_decorated(pending)

    def _given(self) -> dict[tuple[Function, str], list[InferredType]]:
        """The functions that are given for each parameter, by calls and as decorated ones."""
        found: defaultdict[tuple[Function, str], list[InferredType]] = defaultdict(list)
        for pending in [one for group in self._pending.values() for one in group]:
            if isinstance(pending, GivenFunctions):
                found[pending.callee, pending.parameter].extend(pending.values)
        for decorator, functions in self._by_decorator.items():
            if (name := _decorated_parameter(decorator)) is not None:
                found[decorator, name].extend(map(FunctionType, functions))
        return found

    def found(self) -> Iterator[object]:
        """All that was added: edges, calls of libraries, and what `finish` would make of the rest."""
        for group in (self.edges, self.library_calls, self._pending):
            yield from (one for several in group.values() for one in several)
        yield from self._parameters.noted()
        yield from self.injected

    def decorated_by(self, decorator: Function) -> Iterator[Function]:
        """The functions that a decorator of the service's own is given."""
        return iter(self._by_decorator.get(decorator, ()))

    def ways(self, outer: Function, inner: Function) -> Iterable[ExecutionWay]:
        """How `outer` runs `inner`, which is defined in it."""
        yield from (edge.way for edge in self.edges.get(outer, ()) if edge.callee is inner)
        for pending in self._pending.get(outer, ()):
            if isinstance(pending, GivenFunctions) and FunctionType(inner) in pending.values:
                for use in self._parameters.uses(pending.callee, pending.parameter):
                    way = use.way(inner.is_async)
                    if way is not None:
                        yield way

    def wrappers(self, decorator: Function) -> list[Function]:
        """The functions inside of a decorator that it returns."""
        return self._inference.results.wrappers(decorator)

    def _run(
        self,
        function: Function,
        site: Site,
        called: Function,
        known: KnownArguments = frozenset(),
        passed: tuple[tuple[str, str], ...] = (),
    ) -> None:
        """`called` runs here, through its decorators."""
        decorators = tuple(self._inference.results.decorators(called))
        if decorators:
            self._pending[function].append(Decorated(function, site, called, decorators))
        else:
            hands_off = site.awaited and site.kind == "call" and not called.is_async and called.decorators
            self._add(function, called, site, "thread" if hands_off else "here", known, passed)

    def _finish_decorated(self, pending: Decorated) -> None:
        for function, way in self.under_decorators(pending.callee, pending.decorators, pending.uses):
            self._add(pending.caller, function, pending.site, way)

    def under_decorators(
        self, callee: Function, decorators: Iterable[Function], uses: frozenset[Use]
    ) -> Iterator[tuple[Function, ExecutionWay]]:
        """The wrappers that a use of the decorated function runs, outermost first, then itself."""
        for decorator in decorators:
            given = _decorated_parameter(decorator)
            applied = self._parameters.applied(decorator, given) if given is not None else frozenset()
            wrappers = self._inference.results.wrappers(decorator, callee)
            ways = {(wrapper, way) for wrapper in wrappers for way in _ways(uses, wrapper.is_async)}
            yield from sorted(ways, key=lambda one: (one[0].order, one[1]))
            if applied:
                uses = frozenset(compose(way, use) for _, way in ways for use in applied)
        yield from ((callee, way) for way in _ways(uses, callee.is_async))

    def _use(self, function: Function, site: Site, value: InferredType, uses: frozenset[Use]) -> None:
        """Edges to what is given away."""
        for target, is_async in self._targets(value):
            decorators = tuple(self._inference.results.decorators(target))
            if decorators:
                self._pending[function].append(Decorated(function, site, target, decorators, uses))
                continue
            for way in _ways(uses, is_async):
                self._add(function, target, site, way)

    def _targets(self, value: InferredType) -> Iterator[tuple[Function, bool]]:
        """The functions that run when `value` is run, and whether they are coroutines or async generators."""
        match value:
            case FunctionType(function):
                yield function, function.is_async or self._inference.results.gives_coroutine(function)
            case Coroutine(function) | Manager(function) | Generator(function):
                yield function, function.is_async
            case ClassType(cls):
                methods = (cls.find_method(name) for name in CONSTRUCTORS)
                yield from ((method, False) for method in methods if method is not None)
            case InstanceType(cls):
                method = cls.find_method("__call__")
                if method is not None:
                    yield method, method.is_async
            case Elements(values):
                for inner in values:
                    yield from self._targets(inner)

    def _functions(self, values: InferredTypes) -> InferredTypes:
        """Of what is given to a function, what can be run."""
        if not values:
            return ()
        return tuple(
            [
                value
                for value in values
                if type(value) in _RUNNABLE or (type(value) is Elements and self._functions(value.values))
            ]
        )

    def _needs(self, function: Function, site: Site) -> frozenset[Need]:
        """The site's needs, without parameters that the function sets to something else."""
        bound = self._inference.scan(function).bindings
        return frozenset(need for need in site.needs if need[0] not in bound) if site.needs else site.needs

    def _add(
        self,
        caller: Function,
        callee: Function,
        site: Site,
        way: ExecutionWay,
        known: KnownArguments = frozenset(),
        passed: tuple[tuple[str, str], ...] = (),
    ) -> None:
        once = site.once or (way == "here" and callee.is_decorated(*_KEPT))
        needs = self._needs(caller, site)
        self.edges[caller].append(Edge(caller, callee, site.node, way, once, site.main, needs, known, passed))


def _decorated_parameter(decorator: Function) -> str | None:
    """The parameter of a decorator that gets what stands below it."""
    parameters = decorator.node.parameters if decorator.node is not None else ()
    bound = decorator.owner is not None and not decorator.is_decorated("staticmethod")
    return next((parameter.name for parameter in parameters[1 if bound else 0 :]), None)


def _ways(uses: Iterable[Use], is_async: bool) -> list[ExecutionWay]:
    """How a function gets to run; where it may go to a thread, it is not said to run on the spot."""
    ways = {way for use in uses if (way := use.way(is_async)) is not None}
    return ["thread"] if "thread" in ways and not is_async else sorted(ways)
