"""What stands in which branch of a function."""

from __future__ import annotations

from archlint.facts.source import PythonSource, function_naming
from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    Comprehension,
    Expression,
    For,
    FunctionDef,
    If,
    Name,
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

    With the tests of these branches; nothing where there are none.
    """
    nodes = list(all_nodes(function))
    branches = [branch for one in nodes if type(one) is If for branch in one.branches if branch.body]
    plain, logging = plain_builtins(source), loggers(source)
    found: list[tuple[int, int, str]] = []
    for branch in branches:
        found += [(branch.body[0].start, 1, "("), (branch.body[-1].end, 0, ")")]
    for node in nodes if branches else ():
        match node:
            case Call(func=Name(id=name)) if name in plain:
                continue
            case Call(func=func) if not logs(node, logging):
                found.append((node.start, 2, last_name(func)))
            case Await() | Comprehension() | For() | WithItem():
                found.append((node.start, 2, type(node).__name__))
            case Attribute(attr=attr) if attr in defined:
                found.append((node.start, 2, attr))
    return tuple(word for _, _, word in sorted(found)), tuple(branch.test for branch in branches)
