"""`EventLoop`: what blocks the event loop of a service, and which coroutines nobody awaits."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from archlint.service.asynchronous.blocking import Blocked, Reach
from archlint.service.asynchronous.nested_loops import nested_loops
from archlint.service.asynchronous.sync_sessions import opened_sessions
from archlint.service.asynchronous.unawaited import Unawaited, unawaited
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edges import LibraryCall
from archlint.service.calls.functions import Function

_WAITING = frozenset(
    {
        *("broker", "database", "file", "future", "http", "input", "loop", "mail", "session", "sleep"),
        *("socket", "subprocess"),
    }
)
"""The kinds of calls in `blocking.toml` that wait for something."""


@dataclass(frozen=True, eq=False)
class EventLoop:
    """Answers about one service; each search is made once."""

    calls: Calls

    def blocked(self, kinds: Iterable[str], options: Mapping[str, Any]) -> Iterator[Blocked]:
        """What blocks the event loop by a call of one of the kinds; `options` are those of `Reach`."""
        return Reach(self.calls, kinds, options).on_loop()

    def may_block(self, function: Function) -> Blocked | None:
        """The first call in the function that waits, or leads to one that does, wherever it runs."""
        return next(self._waiting.blocked(function), None)

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

    @cached_property
    def _unawaited(self) -> tuple[Unawaited, ...]:
        return tuple(unawaited(self.calls))

    @cached_property
    def _waiting(self) -> Reach:
        return Reach(self.calls, _WAITING)
