"""Blocking calls that are made on the event loop, each with the chain of calls that leads there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.syntax import Attribute, Call, Constant, Expression, FString, Node
from archlint.facts.traversal import dotted
from archlint.findings import Link, Location, Severity
from archlint.service.asynchronous.dual_sessions import is_for_synchronous
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.conditions import contradicts
from archlint.service.calls.contexts import NOTHING_KNOWN, CallContext, OnwardCall
from archlint.service.calls.edge import Edge, LibraryCall
from archlint.service.calls.execution_places import Where
from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import Blocking, NameTable, key
from archlint.service.calls.loop_entries import LoopEntry

Stop: TypeAlias = tuple[LibraryCall, Blocking]
WayOn: TypeAlias = OnwardCall | Stop
"""What a way to a blocking call goes on with."""


class BlockingStep(Struct, eq=False, frozen=True):
    """An edge of a chain; `choices` counts the methods of the callee's name that the object may have.

    `is_sure` says whether each of these leads to a blocking call, and no setting has to say that it is made.
    """

    edge: Edge
    choices: int = 1
    is_sure: bool = True

    @property
    def link(self) -> Link:
        """The call in words."""
        edge = self.edge
        calls = "calls" if self.choices == 1 else "may call"
        rest = "" if self.choices == 1 else f", one of {self.choices} implementations"
        return Link(edge.location, f"`{edge.caller.short_name}` {calls} `{edge.callee.short_name}`{rest}")


class Blocked(Struct, eq=False, frozen=True):
    """The function blocks the event loop: `steps` lead to `call`.

    `entered` says why the loop runs it where it is a plain one; `others` are calls of other kinds to which
    the same place leads. `switched`: only where a setting says so, which by default it does not. `by_worker`:
    it blocks the loop of a worker or another program, and no request.
    """

    function: Function
    steps: tuple[BlockingStep, ...]
    call: LibraryCall
    blocking: Blocking
    entered: LoopEntry | None = None
    others: tuple[Blocked, ...] = ()
    switched: bool = False
    by_worker: bool = False

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The calls on the way."""
        return tuple(step.edge for step in self.steps)

    @property
    def severity(self) -> Severity | None:
        """A warning where not all implementations block, all calls are slight, or it is off or a worker's."""
        is_slight = all(one.blocking.slight for one in (self, *self.others))
        is_sure = self.is_certain and not self.by_worker
        return None if is_sure and not is_slight else Severity.WARNING

    @property
    def is_certain(self) -> bool:
        """Whether it leads to a blocking call whatever the objects are, and no setting has to say so."""
        return not self.switched and all(step.is_sure for step in self.steps)

    @property
    def location(self) -> Location:
        """The call in the async function."""
        return (self.edges[0] if self.edges else self.call).location

    @property
    def fields(self) -> dict[str, str]:
        """What the rules' messages say; `call` is what is meant, whatever else blocks behind it."""
        of = " of a worker" if self.by_worker else ""
        return {
            "function": self.function.short_name,
            "call": self._call,
            "calls": ", ".join(dict.fromkeys(one.call_written for one in (self, *self.others))),
            "through": of + (f" through `{_called(self.edges[0])}`" if self.edges else ""),
            "remedy": self.remedy,
        }

    @property
    def site(self) -> Node:
        """Where in the function the call is made, or what leads to it."""
        return (self.edges[0] if self.edges else self.call).site

    @property
    def _call(self) -> str:
        """The name of the call that the function itself makes, without the object that has the method."""
        return _called(self.edges[0]).rpartition(".")[2] if self.edges else written(self.call.path)

    @property
    def call_written(self) -> str:
        """The blocking call as its line writes it, and by its qualified name where that is another."""
        if iterates(self.call.path):
            return f"iterating over `{written(self.call.path)}`"
        qualified = written(self.call.path)
        text = dotted(self.call.node.func) if isinstance(self.call.node, Call) else None
        return f"`{text}` (`{qualified}`)" if text not in {None, qualified} else f"`{qualified}`"

    @property
    def remedy(self) -> str:
        """What to do, in one sentence."""
        if self.entered is not None:
            return self.entered.remedy
        if not self.blocking.use:
            return "Hand the call to a thread with `run_in_threadpool`"
        return f"Use {self.blocking.use}, or hand the call to a thread with `run_in_threadpool`"

    @property
    def chain(self) -> tuple[Link, ...]:
        """Every call on the way, none for a blocking call in the async function itself."""
        if not self.edges and self.entered is None:
            return ()
        links = [self.entered.reason] if self.entered is not None else []
        links += [step.link for step in self.steps]
        end = f"`{self.call.caller.short_name}` {_does(self.call.path)}, which blocks"
        return (*links, Link(self.call.location, end))

    @property
    def way(self) -> tuple[Link, ...]:
        """The chain, or the call alone where it stands in the function itself."""
        text = f"`{self.function.short_name}` {_does(self.call.path)}, which blocks"
        return self.chain or (Link(self.call.location, text),)


class Reach:
    """The nearest blocking call of some kinds that each plain function comes to.

    `options` are a rule's: `extend-blocking` are more names that block, `allow` names that do not.
    """

    def __init__(self, calls: Calls, kinds: Iterable[str], options: Mapping[str, Any] | None = None) -> None:
        self._calls = calls
        self._kinds = frozenset(kinds)
        options = options or {}
        self._more = NameTable()
        for name in options.get("extend-blocking", ()):
            self._more.add(key(name), Blocking("configured", "an async client"))
        self._all_may_block = bool(options.get("extend-blocking"))
        self._allowed = NameTable()
        for name in options.get("allow", ()):
            self._allowed.add(key(name), name)
        self._judged: dict[Function, tuple[Stop, ...]] = {}
        self._verdicts: dict[tuple[str, bool], Blocking | None] = {}
        self._next: dict[CallContext, WayOn] = {}
        self._certain: Container[CallContext] = self._next
        self._search()

    def on_loop(self, with_queues: bool = False) -> Iterator[Blocked]:
        """What blocks the event loop, for each call in a function that it runs that leads to it.

        What leads there through another function that the loop runs by itself is told of that one.
        `with_queues`: on the loop that a task queue's worker makes for a coroutine, too.
        """
        entries = self._calls.loop_entries
        for function in sorted(self._calls.functions, key=lambda function: function.order):
            if (function.is_async or function in entries) and self._runs_on_loop(function, with_queues):
                is_switched = self._calls.places.is_switched(function)
                for found in self.blocked(function):
                    if not any(edge.callee in entries for edge in found.edges):
                        switched = found.switched or is_switched
                        yield replace(found, entered=entries.get(function), switched=switched)

    def _runs_on_loop(self, function: Function, with_queues: bool) -> bool:
        is_queued = with_queues and function.is_async and Where.QUEUE in self._calls.where(function)
        return is_queued or self._calls.on_loop(function)

    def blocked(self, function: Function) -> Iterator[Blocked]:
        """The calls in the function that block, or lead there: from each a certain way, then the shortest."""
        best: dict[Node, Blocked] = {}
        for call, blocking in self._stops((function, NOTHING_KNOWN)):
            best.setdefault(call.site, Blocked(function, (), call, blocking, switched=self._is_off(call)))
        for edge, context in self._calls.contexts.onward((function, NOTHING_KNOWN)):
            if context in self._next:
                found = self._along(function, edge, context)
                known = best.get(edge.site)
                if known is None or _order(found) < _order(known):
                    best[edge.site] = found
        yield from sorted(best.values(), key=lambda one: one.location)

    def is_left_elsewhere(self) -> bool:
        """Whether a function that the loop does not run makes such a call: in a thread, or in a worker."""
        return any(stops and not self._calls.on_loop(function) for function, stops in self._judged.items())

    def _along(self, function: Function, edge: Edge, context: CallContext) -> Blocked:
        edges = [edge]
        while isinstance(step := self._next[context], OnwardCall):
            edges.append(step.edge)
            context = step.context
        call, blocking = step
        return Blocked(function, tuple(map(self._step, edges)), call, blocking, switched=self._is_off(call))

    def _step(self, edge: Edge) -> BlockingStep:
        return BlockingStep(edge, max(1, len(self._choices(edge))), self._is_sure(edge))

    def _choices(self, edge: Edge) -> frozenset[Function]:
        """The methods of one name that the edge's call may mean; none where it is no method."""
        if edge.callee.owner is None:
            return frozenset()
        name = edge.callee.own_name
        calls = (one for one in self._calls.edges_from(edge.caller) if one.site is edge.site)
        methods = (one.callee for one in calls if one.callee.owner is not None)
        return frozenset(one for one in methods if one.own_name == name and not one.is_empty)

    def _is_sure(self, edge: Edge) -> bool:
        """Whether each method that the call may mean leads to a blocking call for certain, and it is made."""
        choices = self._choices(edge) - {edge.caller}
        is_certain = len(choices) < 2 or all((one, NOTHING_KNOWN) in self._certain for one in choices)
        return is_certain and not self._is_off(edge)

    def _is_off(self, call: Edge | LibraryCall) -> bool:
        """Whether it is made only where a setting says so."""
        return self._calls.is_off(call.caller, call.site.start)

    def _search(self) -> None:
        """Find the next step from each context to the nearest blocking call, slight ones for want of others.

        Where only some of the methods that a call may mean lead there, or a setting has to say so, the way is
        taken for want of a certain one.
        """
        stops = self._stops_by_kind()
        for slight in (False, True):
            self._spread(self._new(stops[False, slight]), self._is_sure)
        self._certain = frozenset(self._next)
        guesses = self._leading_to(self._next, _is_any)
        off = self._new({**stops[True, True], **stops[True, False]})
        self._spread({**guesses, **off}, _is_any)

    def _stops_by_kind(self) -> Mapping[tuple[bool, bool], dict[CallContext, WayOn]]:
        """The first blocking call of each context that is off, or is not, and that is slight, or is not."""
        found: defaultdict[tuple[bool, bool], dict[CallContext, WayOn]] = defaultdict(dict)
        for context in self._calls.contexts:
            for stop in self._stops(context):
                call, blocking = stop
                found[self._is_off(call), blocking.slight].setdefault(context, stop)
        return found

    def _new(self, stops: Mapping[CallContext, WayOn]) -> dict[CallContext, WayOn]:
        return {context: stop for context, stop in stops.items() if context not in self._next}

    def _spread(self, found: Mapping[CallContext, WayOn], follows: Callable[[Edge], bool]) -> None:
        """Add these contexts and those that lead to them by calls that one `follows`, breadth first."""
        pending = found
        while pending:
            self._next.update(pending)
            pending = self._leading_to(pending, follows)

    def _leading_to(
        self, contexts: Iterable[CallContext], follows: Callable[[Edge], bool]
    ) -> dict[CallContext, WayOn]:
        found: dict[CallContext, WayOn] = {}
        for context in contexts:
            for caller, edge in self._calls.contexts.callers(context):
                if caller not in self._next and follows(edge):
                    found.setdefault(caller, OnwardCall(edge, context))
        return found

    def _stops(self, context: CallContext) -> Iterator[Stop]:
        function, known = context
        if function not in self._judged:
            self._judged[function] = tuple(self._blocking_in(function))
        for stop in self._judged[function]:
            if not contradicts(stop[0].needs, known):
                yield stop

    def _blocking_in(self, function: Function) -> Iterator[Stop]:
        """The calls of the function that block, whatever is known of its parameters."""
        if self._all_may_block:
            self._calls.read(function)
        for call in self._calls.library_calls(function):
            if not (call.awaited or call.once or call.main):
                blocking = self._judge(call)
                # A plain function that asks for a running loop blocks where it finds none.
                if blocking is None or (function.asks_for_loop and not function.is_async):
                    continue
                if blocking.kind != "session" or not self._is_for_synchronous(call):
                    yield call, blocking

    def _is_for_synchronous(self, call: LibraryCall) -> bool:
        return is_for_synchronous(call.caller, call.site.start, self._calls.symbols)

    def _judge(self, call: LibraryCall) -> Blocking | None:
        asked = call.path, call.by_path
        if asked not in self._verdicts:
            self._verdicts[asked] = self._verdict(*asked)
        found = self._verdicts[asked]
        is_quick = found is not None and found.kind == "file" and _is_in_memory(call.node)
        return None if is_quick else found

    def _verdict(self, path: str, by_path: bool) -> Blocking | None:
        name = key(path)
        if self._allowed.find(name):
            return None
        found = self._calls.knowledge.blocking(path)
        if found is not None and found.kind in self._kinds and (by_path or not found.by_path):
            return found
        more = self._more.find(name)
        return more[0] if more and isinstance(more[0], Blocking) else None


def _order(found: Blocked) -> tuple[bool, int]:
    return (not found.is_certain, len(found.edges))


def _is_any(_: Edge) -> bool:
    return True


def _is_in_memory(node: Expression) -> bool:
    """Whether a call works on a file that the kernel keeps in memory: its path, or its object's, says so."""
    while isinstance(node, Call):
        match node.args[:1]:
            case (Constant(value=str(path)),) | (FString(parts=(Constant(value=str(path)), *_)),):
                return path.startswith(_KERNEL)
        node = node.func.value if isinstance(node.func, Attribute) else node.func
    return False


_KERNEL = ("/dev/null", "/dev/shm/", "/dev/urandom", "/proc/", "/sys/")  # noqa: S108


def _called(edge: Edge) -> str:
    """What the call calls, as its line writes it: a decorator's wrapper has another name."""
    name = dotted(edge.node.func) if isinstance(edge.node, Call) else None
    return name if name and edge.callee.owner is None else edge.callee.short_name


def _does(path: str) -> str:
    return f"{'iterates over' if iterates(path) else 'calls'} `{written(path)}`"


def iterates(path: str) -> bool:
    """Whether it is a loop over the object that blocks, which no call shows."""
    return path.endswith(".__iter__")


def written(path: str) -> str:
    """A library call as one writes it: `open`, `requests.Session.get`."""
    return key(path).removeprefix("builtins.").removesuffix(".__iter__")
