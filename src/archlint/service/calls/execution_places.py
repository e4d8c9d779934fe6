"""Where functions run: on the event loop, in threads, in a task queue, at start-up, at import."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum

from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Function
from archlint.service.calls.switches import Switches
from archlint.service.semantics.modules import Role
from archlint.service.semantics.scopes import last_name


class Where(StrEnum):
    """A place where a function runs.

    `SWITCHED` is start-up code that a setting leaves out by default, `SWITCHED_LOOP` such code on the event
    loop, or what the other gives to it. `PROGRAM` is a script, a command, or an event loop of its own;
    `UNKNOWN` is that of a function that nothing in the repository seems to call, `NOWHERE` where nothing even
    speaks of it.
    """

    LOOP = "event loop"
    THREAD = "worker thread"
    QUEUE = "task queue"
    START = "start-up"
    SWITCHED = "start-up, by a switch"
    SWITCHED_LOOP = "event loop, by a switch"
    IMPORT = "import"
    PROGRAM = "program"
    UNKNOWN = "unknown"
    NOWHERE = "nowhere"


_AWAY = frozenset({Where.QUEUE, Where.PROGRAM})
"""Places that are no part of serving: what one starts there stays there."""

_SWITCHED = frozenset({Where.SWITCHED, Where.SWITCHED_LOOP})
_ON_LOOP = frozenset({Where.LOOP, Where.SWITCHED_LOOP})
_APPLICATIONS = frozenset({"FastAPI", "Starlette"})


class Places:
    """The places of each function: those of its callers, followed along the edges.

    `served` are the functions that FastAPI itself calls, with whether it does so on the event loop.
    `switches` know which branches are off by default, `spoken_of` whether anything has a function's name.
    """

    def __init__(
        self,
        functions: Iterable[Function],
        edges: Iterable[Edge],
        served: Iterable[tuple[Function, bool]],
        switches: Switches,
        spoken_of: Callable[[Function], bool],
    ) -> None:
        self._switches = switches
        self._spoken_of = spoken_of
        self._outgoing: dict[Function, list[Edge]] = {}
        self._called: set[Function] = set()
        self._found: dict[Function, set[Where]] = {function: set() for function in functions}
        for edge in edges:
            self._outgoing.setdefault(edge.caller, []).append(edge)
            if edge.callee is not edge.caller and _follow(Where.UNKNOWN, edge) is not None:
                self._called.add(edge.callee)
        self._spread((function, _own_place(function)) for function in self._found if function.node is None)
        self._spread((f, Where.LOOP if on_loop else Where.THREAD) for f, on_loop in served)
        self._spread((f, self._unknown(f)) for f in self._homeless() if f not in self._called)
        # What is left calls itself in circles; plain functions first, for they may start loops of their own.
        self._spread((f, self._unknown(f)) for f in self._homeless() if not f.is_async)
        self._spread((f, self._unknown(f)) for f in self._homeless())

    def of(self, function: Function) -> frozenset[Where]:
        """Everywhere the function may run."""
        return frozenset(self._found.get(function, ()))

    def on_loop(self, function: Function) -> bool:
        """Whether requests wait for the function; an async function that nobody calls is meant to be."""
        found = self.of(function)
        return not _ON_LOOP.isdisjoint(found) or (function.is_async and Where.UNKNOWN in found)

    def is_switched(self, function: Function) -> bool:
        """Whether it comes to the event loop only where a setting says so."""
        found = self.of(function)
        return Where.SWITCHED_LOOP in found and found.isdisjoint({Where.LOOP, Where.UNKNOWN})

    def _homeless(self) -> list[Function]:
        return [function for function, found in self._found.items() if not found]

    def _unknown(self, function: Function) -> Where:
        if _is_lifespan(function):
            return Where.START
        if function.module.role is Role.SCRIPT:
            return Where.PROGRAM
        around = [function]
        while (outer := around[-1].parent) is not None:
            around.append(outer)
        return Where.UNKNOWN if all(map(self._spoken_of, around)) else Where.NOWHERE

    def _spread(self, starts: Iterable[tuple[Function, Where]]) -> None:
        pending = list(starts)
        while pending:
            function, where = pending.pop()
            known = self._found.setdefault(function, set())
            if where not in known:
                known.add(where)
                pending.extend(self._next(function, where))

    def _next(self, function: Function, where: Where) -> Iterator[tuple[Function, Where]]:
        for edge in self._outgoing.get(function, ()):
            start = Where.PROGRAM if edge.main else where
            if self._switches.is_off(function, edge.site.start):
                start = _switched(function, start)
            then = _follow(start, edge)
            if then is not None:
                yield edge.callee, then


def _own_place(module: Function) -> Where:
    return Where.PROGRAM if module.module.role is Role.SCRIPT else Where.IMPORT


def _switched(function: Function, where: Where) -> Where:
    """What a place is in a branch of the function that a setting leaves out by default."""
    if where is Where.LOOP or (where is Where.UNKNOWN and function.is_async):
        return Where.SWITCHED_LOOP
    return Where.SWITCHED if where is Where.START else where


def _is_lifespan(function: Function) -> bool:
    """Whether it has the form of a lifespan: an async context manager over an application, and nothing else.

    It may reach the application by ways that no call shows: `app.router.lifespan_context = lifespan`.
    """
    parameters = function.node.parameters if function.node is not None else ()
    if len(parameters) != 1 or not function.is_decorated("asynccontextmanager"):
        return False
    annotation = parameters[0].annotation
    is_application = annotation is not None and last_name(annotation) in _APPLICATIONS
    return is_application or "lifespan" in function.own_name


def _follow(where: Where, edge: Edge) -> Where | None:
    """Where the callee of an edge runs when the caller runs `where`."""
    match edge.way:
        case "here" | "awaited":
            return where
        case "queue":
            return Where.QUEUE
        case "start":
            return Where.START
        case "stored" if not edge.callee.is_async:
            return None
        case _ if where in _AWAY:
            return where
        case "thread":
            return Where.THREAD
        case "program":
            return Where.PROGRAM
    return Where.SWITCHED_LOOP if where in _SWITCHED else Where.LOOP
