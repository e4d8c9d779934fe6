"""Every plain function with what its callers let know of its parameters, and which of these call which."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import NamedTuple, TypeAlias

from archlint.service.calls.conditions import KnownArguments
from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Function

NOTHING_KNOWN: KnownArguments = frozenset()
CallContext: TypeAlias = tuple[Function, KnownArguments]
"""A function, with what is known of its parameters."""


class OnwardCall(NamedTuple):
    """A call that is made on the spot, and where it leads."""

    edge: Edge
    context: CallContext


class Contexts:
    """Follows the calls once for all who ask; iterates over the contexts in a fixed order."""

    def __init__(
        self, functions: Iterable[Function], edges_from: Callable[[Function], Iterable[Edge]]
    ) -> None:
        self._edges_from = edges_from
        self._onward: dict[CallContext, tuple[OnwardCall, ...]] = {}
        self._callers: dict[CallContext, list[tuple[CallContext, Edge]]] = {}
        pending = [(one, NOTHING_KNOWN) for one in sorted(functions, key=lambda function: function.order)]
        for context in pending:
            if context not in self._onward:
                self._onward[context] = tuple(self._followed(context))
                for edge, onward in self._onward[context]:
                    self._callers.setdefault(onward, []).append((context, edge))
                    pending.append(onward)

    def __iter__(self) -> Iterator[CallContext]:
        return iter(self._onward)

    def onward(self, context: CallContext) -> tuple[OnwardCall, ...]:
        """The calls of plain functions that run on the spot, in reading order."""
        return self._onward[context]

    def callers(self, context: CallContext) -> Sequence[tuple[CallContext, Edge]]:
        """The contexts from which a call leads here, with the call."""
        return self._callers.get(context, ())

    def _followed(self, context: CallContext) -> Iterator[OnwardCall]:
        function, known = context
        for edge in self._edges_from(function):
            leads_on = edge.way == "here" and not (edge.once or edge.main or edge.callee.is_async)
            if leads_on and edge.may_run(known):
                yield OnwardCall(edge, (edge.callee, edge.knows(known)))
