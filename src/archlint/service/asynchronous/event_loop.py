"""`EventLoop`: what blocks the event loop of a service, and which coroutines nobody awaits."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Mapping
from functools import cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.syntax import Node
from archlint.findings import Location
from archlint.paths import is_inside
from archlint.service.asynchronous.blocking import Blocked, Reach
from archlint.service.asynchronous.coroutines import kind_of_coroutine
from archlint.service.asynchronous.may_block import may_block
from archlint.service.asynchronous.nested_loops import nested_loops
from archlint.service.asynchronous.sync_sessions import opened_sessions
from archlint.service.asynchronous.unawaited import Unawaited, unawaited
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edge import Edge, LibraryCall
from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import key
from archlint.service.semantics.workers import Workers, client_package

_GROUPS = {
    "http": frozenset({"http"}),
    "wait": frozenset(
        {"broker", "database", "future", "input", "mail", "sleep", "socket", "subprocess"},
    ),
    "session": frozenset({"session"}),
    "file": frozenset({"file"}),
}
"""The kinds of `blocking.toml` by who reports them, worst first, for a place that leads to several."""

_WAITING = frozenset(
    {
        *("broker", "database", "file", "future", "http", "input", "loop", "mail", "session", "sleep"),
        *("socket", "subprocess"),
    }
)
"""The kinds of calls in `blocking.toml` that wait for something."""

_ASYNC_FILES = re.compile(
    r"aiofiles\.|anyio\.(open_file|Path|AsyncFile|to_thread)\b|asyncio\.to_thread|.*\.run_in_(threadpool|executor)\b"
)
"""Calls that work on files without blocking, or may."""


class EventLoop(Struct, eq=False, frozen=True, dict=True):
    """Answers about one service; each search is made once."""

    calls: Calls
    workers: Workers

    def blocked(self, group: str, options: Mapping[str, Any]) -> Iterator[Blocked]:
        """What blocks the event loop by a call of a group's kinds, unless another group leads at that place.

        The worst leads of those that certainly block, or of those that may where none does. `options` are
        those of `Reach`.
        """
        changed = any(options.values())
        own = (
            Reach(self.calls, _GROUPS[group], options).on_loop() if changed else self._by_node(group).values()
        )
        for found in own:
            others = [(one, self._by_node(one).get(found.site)) for one in _GROUPS if one != group]
            rivals = [(one, it) for one, it in others if it is not None]
            if all(_rank(group, found) < _rank(*rival) for rival in rivals):
                by_worker = self._is_workers(found.function)
                if not (by_worker and self._is_published(found.function)):
                    alike = tuple(it for _, it in rivals if it.is_certain is found.is_certain)
                    yield replace(found, others=alike, by_worker=by_worker)

    def blocks_elsewhere(self, group: str) -> bool:
        """Whether calls of a group's kinds are made where they do not block the event loop."""
        return self._reach(group).is_left_elsewhere()

    def may_block(self, function: Function) -> str:
        """Why the function might block; empty when all that it reaches is known not to."""
        return may_block(self.calls, self._waiting, function)

    def first_wait(self, function: Function) -> Blocked | None:
        """The first call in the function that waits, or leads to one that does, wherever it runs."""
        return next(self._waiting.blocked(function), None)

    def kinds_at(self, found: Blocked) -> tuple[str, ...]:
        """The groups of all calls that the place leads to, always in the same order."""
        kinds = {found.blocking.kind, *(one.blocking.kind for one in found.others)}
        return tuple(group for group, of in _GROUPS.items() if kinds & of)

    @cached_property
    def functions(self) -> tuple[Function, ...]:
        """The functions that run on the event loop."""
        return tuple(function for function in self.calls.functions if self.calls.on_loop(function))

    def undisturbed(self, disturbed: Container[Function]) -> Iterator[Location]:
        """Where the functions on the event loop are that are not among these."""
        return (function.location for function in self.functions if function not in disturbed)

    @cached_property
    def querying(self) -> tuple[Function, ...]:
        """Those of them that await a query, of an async session or of a driver's connection."""
        return tuple(function for function in self.functions if self._awaits(function, "query"))

    @cached_property
    def works_on_files(self) -> bool:
        """Whether any function does: by calls that block, by async ones, or by what it hands to threads."""
        calls = (call for function in self.functions for call in self.calls.library_calls(function))
        return self.blocks_elsewhere("file") or any(_ASYNC_FILES.match(key(call.path)) for call in calls)

    def _is_workers(self, function: Function) -> bool:
        """Whether only a worker runs the function: no code that serves requests calls it on some way."""
        callers = {function}
        pending = [function]
        while pending:
            one = pending.pop()
            if not self.workers.run(one.module):
                return False
            calls = (edge for edge in self.calls.edges_to(one) if edge.way != "queue")
            ways = (edge.caller for edge in calls if not self._is_of_base(edge))
            new = {caller for caller in ways if caller.node is not None} - callers
            callers |= new
            pending += new
        return True

    def _is_of_base(self, edge: Edge) -> bool:
        """Whether it calls a method of a base: only who makes an object of this class has that come here."""
        owner = edge.callee.owner
        bases = owner.lineage[1:] if owner is not None else ()
        others = self.calls.edges_from(edge.caller) if bases else ()
        return any(one.site is edge.site and one.callee.owner in bases for one in others)

    def _is_published(self, function: Function) -> bool:
        """Whether it is of a client for others' programs: nothing outside of the client calls it."""
        client = client_package(function.module.path)
        callers = (edge.caller.module.path for edge in self.calls.edges_to(function))
        return bool(client) and all(is_inside(path, client) for path in callers)

    def _awaits(self, function: Function, kind: str) -> bool:
        calls = self.calls.library_calls(function)
        return any(call.awaited and kind_of_coroutine(call.path) == kind for call in calls)

    @cached_property
    def nested_loops(self) -> tuple[Blocked, ...]:
        """What starts a loop on the event loop."""
        return tuple(nested_loops(self.calls))

    @cached_property
    def opened_sessions(self) -> tuple[LibraryCall, ...]:
        """The calls that open a synchronous session in functions that serve requests."""
        return tuple(opened_sessions(self.calls))

    def unawaited(self, *kinds: str) -> Iterator[Unawaited]:
        """The calls that give a coroutine of one of these kinds which provably nobody awaits."""
        return (found for found in self._unawaited if found.kinds <= frozenset(kinds))

    def _by_node(self, group: str) -> dict[Node, Blocked]:
        if group not in self._groups:
            self._groups[group] = {found.site: found for found in self._reach(group).on_loop()}
        return self._groups[group]

    def _reach(self, group: str) -> Reach:
        if group not in self._reaches:
            self._reaches[group] = Reach(self.calls, _GROUPS[group])
        return self._reaches[group]

    @cached_property
    def _reaches(self) -> dict[str, Reach]:
        return {}

    @cached_property
    def _groups(self) -> dict[str, dict[Node, Blocked]]:
        return {}

    @cached_property
    def _unawaited(self) -> tuple[Unawaited, ...]:
        return tuple(unawaited(self.calls))

    @cached_property
    def _waiting(self) -> Reach:
        return Reach(self.calls, _WAITING)


def _rank(group: str, found: Blocked) -> tuple[bool, int]:
    """What certainly blocks comes first, and of that the worst."""
    return not found.is_certain, list(_GROUPS).index(group)
