"""What stands in which branch of a function."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

from archlint.facts.source import PythonSource, function_naming
from archlint.facts.syntax import (
    Attribute,
    Await,
    Branch,
    Call,
    Comprehension,
    Expression,
    For,
    FunctionDef,
    If,
    Name,
    Node,
    WithItem,
)
from archlint.facts.traversal import all_nodes
from archlint.service.semantics.idle import plain_builtins
from archlint.service.semantics.loggers import loggers, logs
from archlint.service.semantics.scopes import last_name


@function_naming
def branched(
    source: PythonSource, function: FunctionDef, defined: frozenset[str]
) -> tuple[tuple[str, ...], tuple[Expression, ...]]:
    """What may run in a function and where each branch of an `if` starts and ends, in reading order.

    With the tests of these branches; without any `if` in whose branches nothing runs.
    """
    nodes = list(all_nodes(function))
    running = sorted(_running(source, nodes, defined)) if any(type(one) is If for one in nodes) else []
    starts = [start for start, _, _ in running]
    branches: list[Branch] = []
    for one in nodes:
        if type(one) is If:
            spans = [(each.body[0].start, each.body[-1].end) for each in one.branches if each.body]
            if any(bisect_left(starts, start) < bisect_left(starts, end) for start, end in spans):
                branches += [each for each in one.branches if each.body]
    found = running if branches else []
    for branch in branches:
        found += [(branch.body[0].start, 1, "("), (branch.body[-1].end, 0, ")")]
    return tuple(word for _, _, word in sorted(found)), tuple(branch.test for branch in branches)


def _running(
    source: PythonSource, nodes: Iterable[Node], defined: frozenset[str]
) -> Iterator[tuple[int, int, str]]:
    """Where something runs that is more than a builtin or a line of a log, and what."""
    plain, logging = plain_builtins(source), loggers(source)
    for node in nodes:
        match node:
            case Call(func=Name(id=name)) if name in plain:
                continue
            case Call(func=func) if not logs(node, logging):
                yield node.start, 2, last_name(func)
            case Await() | Comprehension() | For() | WithItem():
                yield node.start, 2, type(node).__name__
            case Attribute(attr=attr) if attr in defined:
                yield node.start, 2, attr
