"""Tests that may end a function of a revision before all its operations are done."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from archlint.facts.syntax import Call, FunctionDef, If, Node, PythonSource, Return, dotted


@lru_cache(maxsize=8)
def early_returns(source: PythonSource) -> frozenset[Node]:
    """The tests of each `if` that holds a `return`, in functions that do anything but compute a value."""
    return frozenset(_tests(source))


def _tests(source: PythonSource) -> Iterator[Node]:
    local = {function.name for function in source.nodes.of(FunctionDef)}
    returns = source.nodes.of(Return)
    for function in source.nodes.of(FunctionDef):
        acts = any(_acts(call, local) for call in source.nodes.of(Call) if _inside(call, function))
        if acts:
            for statement in source.nodes.of(If):
                if _inside(statement, function) and any(_inside(found, statement) for found in returns):
                    yield from (branch.test for branch in statement.branches)


def _acts(call: Call, local: set[str]) -> bool:
    name = dotted(call.func) or ""
    return name.startswith(("op.", "context.", "batch", "self.")) or name in local


def _inside(inner: Node, outer: Node) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end
