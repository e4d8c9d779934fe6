"""What functions came to that wrote and committed nothing: the same again from wherever they are called.

Helpers that open a session of their own, as those that look up a user, are on the way of each request, and
are called again by one another: to run them each time takes all steps that a request has.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import TypeAlias

from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.transactions.frames import RunFrame
from archlint.service.transactions.session_states import States

_Key: TypeAlias = tuple[Hashable, ...]


class QuietRuns:
    """The ends of such runs by the function, what is known in it, and what is done so far."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._leading: dict[Function, frozenset[Function]] = {}
        self._always: dict[_Key, States | None] = {}
        self._here: dict[_Key, tuple[States, States | None]] = {}

    def forget(self) -> None:
        """Begin another request: what it has done so far is its own."""
        self._here.clear()

    def key(self, frame: RunFrame, states: States) -> _Key:
        """What such a run depends on: of its callers only those that it may come to again."""
        callers = (edge.callee for edge in frame.chain)
        met = frozenset(one for one in callers if frame.function in self._lead_to(one))
        sessions = frozenset(frame.sessions.items())
        told = frame.known, sessions, frame.ambient, frame.muted, len(frame.chain)
        return (frame.function, met, id(states) if states else 0, *told)

    def knows(self, key: _Key) -> bool:
        """Whether such a run was kept."""
        return key in self._always or key in self._here

    def end(self, key: _Key) -> States | None:
        """How such a run ended; None where it never does."""
        return self._always[key] if key in self._always else self._here[key][1]

    def keep(self, key: _Key, states: States, end: States | None) -> None:
        """Keep how a run ended that began with these states."""
        if states:
            self._here[key] = states, end  # they are kept, so that no others get their identity
        else:
            self._always[key] = end

    def _lead_to(self, function: Function) -> frozenset[Function]:
        if function not in self._leading:
            self._leading[function] = self._calls.leading_to({function})
        return self._leading[function]
