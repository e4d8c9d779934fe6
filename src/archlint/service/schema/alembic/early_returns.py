"""Tests that may end a function of a revision before all its operations are done."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call, FunctionDef, If, Node, Return
from archlint.facts.traversal import dotted
from archlint.service.semantics.bindings import statements


@lru_cache(maxsize=8)
def early_returns(source: PythonSource) -> frozenset[Node]:
    """The tests of each `if` that holds a `return`, in functions that do anything but compute a value."""
    return frozenset(test for function in _functions(source) for test in _tests(function, source))


def _functions(source: PythonSource) -> Iterator[FunctionDef]:
    return (found for found in statements(source.body) if isinstance(found, FunctionDef))


def _tests(function: FunctionDef, source: PythonSource) -> Iterator[Node]:
    branching = [statement for statement in statements(function.body) if isinstance(statement, If)]
    returning = [one for one in branching if any(isinstance(s, Return) for s in statements((one,)))]
    if returning and _acts(function, source):
        yield from (branch.test for statement in returning for branch in statement.branches)


def _acts(function: FunctionDef, source: PythonSource) -> bool:
    """Whether it calls an operation, or a function of the file that may."""
    local = {found.name for found in source.nodes.of(FunctionDef)}
    calls = (call for call in source.nodes.of(Call) if function.start <= call.start < function.end)
    names = (dotted(call.func) or "" for call in calls)
    return any(name.startswith(("op.", "context.", "batch", "self.")) or name in local for name in names)
