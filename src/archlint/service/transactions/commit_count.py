"""How often a request may commit: an upper bound, which takes every branch, and loops for several passes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.facts.source import notice_naming
from archlint.facts.syntax import (
    Comprehension,
    For,
    FunctionDef,
    Node,
    While,
)
from archlint.readings import unnoticed
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.semantics.bindings import own_nodes
from archlint.service.semantics.scopes import statements_around
from archlint.service.transactions.loops import repeated
from archlint.service.transactions.session_acts import SessionAct, acts

SEVERAL = 2
"""More than one: nobody asks how many."""

_ENDING = frozenset({SessionAct.COMMIT, SessionAct.BEGIN})


def ends(calls: Calls, function: Function) -> Iterator[Node]:
    """Where a function commits itself, or begins what ends with a commit."""
    yield from (act.node for act in acts(calls, function) if act.work in _ENDING)
    for call in calls.library_calls(function):
        if call.path.endswith("sessionmaker().begin"):
            yield call.site


class CommitCount:
    """Counts of one service; a function's is made once.

    `committing` are the functions that come to a commit.
    """

    def __init__(self, calls: Calls, committing: frozenset[Function]) -> None:
        self._calls = calls
        self._committing = committing
        self._known: dict[Function, int] = {}

    def most(self, functions: Iterable[Function]) -> int:
        """How many commits these come to at most, `SEVERAL` for all beyond one."""
        return min(SEVERAL, sum(map(self._of, functions)))

    def _of(self, function: Function) -> int:
        if function not in self._committing:
            return 0
        if function not in self._known:
            self._known[function] = SEVERAL  # who comes here again in the meantime does so with each pass
            total = sum(self._passes(function, node) for node in ends(self._calls, function))
            for edge in self._calls.edges_from(function) if total < SEVERAL else ():
                total += self._of(edge.callee) * self._passes(function, edge.site)
            self._known[function] = min(SEVERAL, total)
        return self._known[function]

    def _passes(self, function: Function, node: Node) -> int:
        """How often a run of the function comes by the node, `SEVERAL` in a loop or a comprehension."""
        if not isinstance(function.node, FunctionDef):
            return 1
        notice_naming(repeated, function.module.source, function.node)
        with unnoticed():
            around = statements_around(function.node.body, node)
        inner = (one for one in own_nodes(around[-1]) if isinstance(one, Comprehension)) if around else ()
        again = (
            *(one for one in around if isinstance(one, For | While)),
            *(one for one in inner if one.start <= node.start and node.end <= one.end),
        )
        return SEVERAL if again else 1
