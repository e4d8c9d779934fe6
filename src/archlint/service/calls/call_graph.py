"""`service.calls`: the call graph of a service."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cached_property

from msgspec import Struct

from archlint import readings
from archlint.facts.syntax import FunctionDef
from archlint.service.api.routes import Endpoint
from archlint.service.calls.contexts import Contexts
from archlint.service.calls.edge import Edge, LibraryCall
from archlint.service.calls.edges import Edges
from archlint.service.calls.execution_places import Places, Where
from archlint.service.calls.functions import Function, Program
from archlint.service.calls.inference import Inference
from archlint.service.calls.library_models import Knowledge, load_knowledge
from archlint.service.calls.loop_entries import LoopEntries, LoopEntry
from archlint.service.calls.mentions import is_spoken_of
from archlint.service.calls.scanning import decided_name, notice_text
from archlint.service.calls.sites import Scan
from archlint.service.calls.switches import Switches
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.interpreter.types import Types
from archlint.service.semantics.live_code import used_names
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.symbols import Symbols

LEFT_OUT = frozenset({Role.TEST, Role.MIGRATION, Role.SHADOWED})
"""What modules are whose functions are no part of the graph."""


class WalkStep(Struct, frozen=True):
    """A call that a walk came by, `depth` calls away from where it started."""

    depth: int
    edge: Edge


class Calls:
    """Functions, what they call, and where they run.

    Tests and migrations are left out; modules of the repository's other projects are in as far as the
    service uses them. `functions` are all of these, modules' own statements and lambdas included; whoever
    asks `program` of a test later adds nothing to them.
    """

    def __init__(
        self,
        modules: Modules,
        symbols: Symbols,
        annotations: Types,
        endpoints: Callable[[], Iterable[Endpoint]],
    ) -> None:
        self.modules = modules
        self.symbols = symbols
        self.program = Program(symbols)
        self.inference = Inference(symbols, annotations, self.program, load_knowledge())
        self._endpoints = endpoints
        self._edges = Edges(self.inference)
        self._entries = LoopEntries(self.inference, self._edges)
        self._sorted: dict[Function, tuple[Edge, ...]] = {}
        self._library_calls: dict[Function, tuple[LibraryCall, ...]] = {}
        with deep_recursion():
            self._build()
        self.functions = (*self.program.modules.values(), *self.program.functions.values())

    @property
    def knowledge(self) -> Knowledge:
        """What is known of libraries."""
        return self.inference.knowledge

    @property
    def edges(self) -> Iterator[Edge]:
        """Every edge."""
        return (edge for group in self._edges.edges.values() for edge in group)

    def edges_from(self, function: Function) -> tuple[Edge, ...]:
        """What the function runs, in reading order."""
        if function not in self._sorted:
            self._sorted[function] = tuple(sorted(self._edges.edges.get(function, ()), key=_edge_order))
        return self._sorted[function]

    def edges_to(self, function: Function) -> Sequence[Edge]:
        """What runs the function."""
        return self._edges_to.get(function, ())

    def read(self, function: Function) -> Scan:
        """What the function's own statements say, for who reads the expressions themselves."""
        notice_text(function)
        return self.inference.scan(function)

    def library_calls(self, function: Function) -> tuple[LibraryCall, ...]:
        """The library functions that it calls, in reading order."""
        if function not in self._library_calls:
            self._library_calls[function] = tuple(self._edges.library_calls.get(function, ()))
        return self._library_calls[function]

    def where(self, function: Function) -> frozenset[Where]:
        """Where the function may run."""
        return self.places.of(function)

    def on_loop(self, function: Function) -> bool:
        """Whether the function runs on the event loop while the service serves, as far as this service knows.

        Of a module of another project only what this service reaches counts.
        """
        if function.module.path in self.modules.by_path:
            return self.places.on_loop(function)
        return not self.places.of(function).isdisjoint({Where.LOOP, Where.SWITCHED_LOOP})

    @cached_property
    def contexts(self) -> Contexts:
        """The functions with what is known of their parameters."""
        return Contexts(self.functions, self.edges_from)

    @cached_property
    def places(self) -> Places:
        """Where the functions run."""
        served = [place for handler in self._handlers for place in self._entries.places(*handler)]
        served += ((one, True) for one in self.loop_entries)
        return Places(self.functions, self.edges, served, self._switches, self._is_spoken_of)

    def is_configured(self, function: Function, offset: int, depth: int = 3) -> bool:
        """Whether configuration or a switch decides that what stands there runs, or all its callers."""
        if self._switches.decide(function, offset):
            return True
        calls = self.edges_to(function) if depth else ()
        return bool(calls) and all(self.is_configured(e.caller, e.site.start, depth - 1) for e in calls)

    def is_off(self, function: Function, offset: int) -> bool:
        """Whether what stands there runs only where a setting says so, which by default it does not."""
        return self._switches.is_off(function, offset)

    @cached_property
    def _switches(self) -> Switches:
        return Switches(self.symbols)

    def _is_spoken_of(self, function: Function) -> bool:
        """Whether code that is no test has the name of a function."""
        return is_spoken_of(function, self._used)

    @cached_property
    def _used(self) -> frozenset[str]:
        """The names that code uses which is no test."""
        sources = (one.source for one in self.modules if one.role is not Role.TEST)
        return frozenset().union(*(used_names(source, self.modules.defined) for source in sources))

    @cached_property
    def loop_entries(self) -> dict[Function, LoopEntry]:
        """The plain functions that the event loop runs without a coroutine that calls them, and why."""
        return self._entries.found(self._handlers, self.edges)

    @cached_property
    def _handlers(self) -> list[tuple[Function, bool]]:
        """The service's own handlers, with whether FastAPI awaits them."""
        found = (
            (self.program.functions.get(endpoint.handler.definition), endpoint.handler.is_async)
            for endpoint in self._endpoints()
        )
        # A coroutine function under a plain wrapper is awaited, or it would not work at all.
        return [(function, is_async or function.is_async) for function, is_async in found if function]

    def find(self, name: str) -> tuple[Function, ...]:
        """The functions that `app.routers.users:get_user`, or the end of such a name, means."""
        known = [f for f in self.functions if isinstance(f.node, FunctionDef)]
        exact = tuple(function for function in known if function.name == name)
        return exact or tuple(f for f in known if f.name.endswith((f".{name}", f":{name}")))

    def walk(self, function: Function) -> Iterator[WalkStep]:
        """What the function reaches, nearest first; each function's calls once."""
        seen = {function}
        pending = [(0, function)]
        while pending:
            depth, current = pending.pop(0)
            for edge in self.edges_from(current):
                yield WalkStep(depth + 1, edge)
                if edge.callee not in seen:
                    seen.add(edge.callee)
                    pending.append((depth + 1, edge.callee))

    def leading_to(self, functions: Iterable[Function]) -> frozenset[Function]:
        """The functions, and all from which calls lead to one of them."""
        found = set(functions)
        pending = list(found)
        while pending:
            for edge in self.edges_to(pending.pop()):
                if edge.caller not in found:
                    found.add(edge.caller)
                    pending.append(edge.caller)
        return frozenset(found)

    @cached_property
    def _edges_to(self) -> dict[Function, list[Edge]]:
        found: dict[Function, list[Edge]] = {}
        for edge in self.edges:
            found.setdefault(edge.callee, []).append(edge)
        return found

    def _build(self) -> None:
        for module in self.modules:
            if module.role not in LEFT_OUT:
                self.program.add(module)
        self.program.link()
        visited: set[Module] = set()
        while missing := [m for m in self.program.modules if m not in visited and m.role not in LEFT_OUT]:
            for module in missing:
                visited.add(module)
                self._visit(module)
        self._edges.finish()
        readings.decided.update(self._decided())

    def _decided(self) -> Iterator[str]:
        """The parameters that calls set to True, False or None, or to such a parameter."""
        pending = [(edge.callee, name) for edge in self.edges for name, _ in edge.known]
        seen = set(pending)
        for function, name in pending:
            yield decided_name(function.own_name, name)
            for edge in self._edges.edges.get(function, ()):
                found = ((edge.callee, to) for to, given in edge.passed if given == name)
                new = [one for one in found if one not in seen]
                seen.update(new)
                pending += new

    def _visit(self, module: Module) -> None:
        self._edges.visit(self.program.modules[module])
        for cls in self.program.classes_in(module):
            self._edges.define(cls)
        for function in self.program.in_module(module):
            self._edges.decorate(function)
            self._edges.visit(function)
        # Lambdas become known while their surroundings are read.
        done: set[Function] = set()
        while waiting := [f for f in self.program.lambdas(module) if f not in done]:
            for function in waiting:
                done.add(function)
                self._edges.visit(function)


def _edge_order(edge: Edge) -> tuple[int, int, str, str, int]:
    return (edge.site.start, edge.site.end, edge.way, *edge.callee.order)
