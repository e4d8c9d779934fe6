"""How often a request may commit: an upper bound, which takes every branch, and loops for several passes."""

from __future__ import annotations

from collections.abc import Iterable

from archlint.facts.syntax import Expression, For, FunctionDef, While
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.semantics.scopes import statements_around
from archlint.service.transactions.session_acts import SessionAct, acts

SEVERAL = 2
"""More than one: nobody asks how many."""

_ENDING = frozenset({SessionAct.COMMIT, SessionAct.BEGIN})


class CommitCount:
    """Counts of one service; a function's is made once."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._known: dict[Function, int] = {}

    def most(self, functions: Iterable[Function]) -> int:
        """How many commits these come to at most, `SEVERAL` for all beyond one."""
        return min(SEVERAL, sum(map(self._of, functions)))

    def _of(self, function: Function) -> int:
        if function in self._known:
            return self._known[function]
        self._known[function] = 0  # who comes here again does so by what is counted already
        own = (act.node for act in acts(self._calls, function) if act.work in _ENDING)
        begun = (
            call.node
            for call in self._calls.library_calls(function)
            if call.path.endswith("sessionmaker().begin")
        )
        total = sum(_passes(function, node) for node in (*own, *begun))
        for edge in self._calls.edges_from(function) if total < SEVERAL else ():
            total += self._of(edge.callee) * _passes(function, edge.node)
        self._known[function] = min(SEVERAL, total)
        return self._known[function]


def _passes(function: Function, node: Expression) -> int:
    """How often a run of the function comes by the node, `SEVERAL` in a loop."""
    if not isinstance(function.node, FunctionDef):
        return 1
    around = statements_around(function.node.body, node)
    return SEVERAL if any(isinstance(one, For | While) for one in around) else 1
