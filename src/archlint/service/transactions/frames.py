"""Functions as an abstract run goes through them."""

from __future__ import annotations

from collections.abc import Callable

from msgspec import Struct, field
from msgspec.structs import replace

from archlint.service.calls.conditions import KnownArguments
from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Function
from archlint.service.transactions.session_states import BranchContext, States, Token


class RunFrame(Struct, frozen=True):
    """A function that is run: what is known of its parameters, and which session each name is.

    `gives` are the names that a provider or context manager opens a session under and gives it away.
    """

    function: Function
    known: KnownArguments = frozenset()
    sessions: dict[str, Token] = field(default_factory=dict)
    ambient: Token | None = None
    chain: tuple[Edge, ...] = ()
    context: BranchContext = ()
    hole: Callable[[States], States | None] | None = None
    gives: dict[str, Token] = field(default_factory=dict)
    muted: bool = False

    def within(self, *context: object) -> RunFrame:
        """The frame in a branch."""
        return replace(self, context=(*self.context, *context))
