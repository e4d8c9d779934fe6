"""Requests that commit twice with writes before and between, so that a failure leaves half of the work."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct
from msgspec.structs import replace

from archlint.findings import Link, Location
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Function
from archlint.service.transactions.abstract_run import Runner, provided
from archlint.service.transactions.effects import Reader
from archlint.service.transactions.request_flow import RequestFlow, session_parameters
from archlint.service.transactions.session_acts import SessionAct, acts
from archlint.service.transactions.session_states import SessionMark, Token, Variant, on_one_way


class Split(Struct, eq=False, frozen=True):
    """`function` comes to several commits on the way of a request, with writes before and between them.

    Each of `ways` has four marks: a write, its commit, a write after that, and its commit.
    """

    request: RequestFlow
    function: Function
    location: Location
    ways: tuple[Variant, ...]

    @property
    def commits(self) -> int:
        """How many commits there are on one way."""
        commits = {(mark.chain, mark.location): mark for way in self.ways for mark in (way[1], way[3])}
        return len(on_one_way(commits.values()))

    @property
    def chain(self) -> tuple[Link, ...]:
        """The calls from the handler to each write and commit."""
        found: list[Link] = []
        before: SessionMark | None = None
        ends = {(way[2], way[3]): way for way in reversed(self.ways)}
        ways = [way for way in self.ways if ends[way[2], way[3]] is way]
        for index, way in enumerate(ways):
            for mark in way[2:] if index else way:
                links = list(_links(mark, _common(before.chain, mark.chain) if before else 0))
                if before is not None and len(on_one_way((before, mark))) == 1:
                    links[0] = replace(links[0], text=f"or {links[0].text}")
                found += links
                before = mark
        return tuple(found)


def splits(calls: Calls, requests: Iterable[RequestFlow]) -> Iterator[Split]:
    """The functions that split the work of requests, each with the first request that shows it."""
    busy = _busy(calls)
    runner = Runner(calls, Reader(calls, busy), busy)
    found: dict[Function, Split] = {}
    for request in requests:
        if request.handler not in busy:
            continue
        ways: dict[Function, list[tuple[Location, Variant]]] = {}
        for marks in runner.splits(request, _ambient(calls, request)):
            function, location = _place(request, marks)
            ways.setdefault(function, []).append((location, marks))
        for function, group in ways.items():
            group.sort(key=lambda one: one[0])
            split = Split(request, function, group[0][0], tuple(marks for _, marks in group))
            found.setdefault(function, split)
    yield from sorted(found.values(), key=lambda split: split.location)


def _place(request: RequestFlow, marks: Variant) -> tuple[Function, Location]:
    """The innermost function that comes to both commits, and where it comes to the second.

    A commit of the session's own dependency is told of where the handler writes for it.
    """
    _, first, write, second = marks
    second = write if second.function in request.dependencies else second
    shared = _common(first.chain, second.chain)
    if shared < len(second.chain):
        return second.chain[shared].caller, second.chain[shared].location
    return second.function, second.location


def _common(first: tuple[Edge, ...], second: tuple[Edge, ...]) -> int:
    """How many calls two chains have in common, counted from the handler."""
    pairs = zip(first, second, strict=False)
    return next((i for i, (a, b) in enumerate(pairs) if a is not b), min(len(first), len(second)))


def _links(mark: SessionMark, shared: int) -> Iterator[Link]:
    for edge in mark.chain[shared:]:
        yield Link(edge.location, f"`{edge.caller.short_name}` calls `{edge.callee.short_name}`")
    yield Link(mark.location, f"`{mark.function.short_name}`: {mark.text}")


def _busy(calls: Calls) -> frozenset[Function]:
    """The functions that come to a write, a commit or a transaction, themselves or by what they call."""
    found = {f for f in calls.functions if any(act.work in _CHANGING for act in acts(calls, f))}
    found |= {f for f in calls.functions if _begins(calls, f)}
    return calls.leading_to(found)


_CHANGING = frozenset({SessionAct.WRITE, SessionAct.COMMIT, SessionAct.ROLLBACK, SessionAct.BEGIN})


def _begins(calls: Calls, function: Function) -> bool:
    return any(call.path.endswith("sessionmaker().begin") for call in calls.library_calls(function))


def _ambient(calls: Calls, request: RequestFlow) -> Token | None:
    """The one session of the request, that what holds a session holds; None where it may be another."""
    functions = (request.handler, *request.dependencies)
    tokens = {provided(by) for f in functions for _, by in session_parameters(calls, f)}
    if len(tokens) != 1 or any(_opens(calls, step) for step in _reached(calls, request.handler)):
        return None
    return next(iter(tokens))


def _reached(calls: Calls, function: Function) -> Iterator[Function]:
    yield function
    for step in calls.walk(function):
        if step.edge.way in {"here", "awaited"}:
            yield step.edge.callee


def _opens(calls: Calls, function: Function) -> bool:
    """Whether the function makes a session, or takes one from where it is not known."""
    for call in calls.library_calls(function):
        if call.path.endswith(("sessionmaker()", "sessionmaker().begin")):
            return True
    return False
