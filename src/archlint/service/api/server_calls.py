"""What code gives to the functions that start servers."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call, Constant, If
from archlint.facts.traversal import dotted, is_main_guard
from archlint.readings import summary

_STARTERS = frozenset({"Config", "Granian", "run", "serve"})
"""Functions of uvicorn, granian and hypercorn that take the string as their first argument."""


@summary
def told_to_servers(source: PythonSource) -> tuple[str, ...]:
    """What a file gives to functions that start servers."""
    if _STARTERS.isdisjoint(source.names):
        return ()
    firsts = (
        call.args[0]
        for call in source.nodes.of(Call)
        if call.args and (dotted(call.func) or "").rpartition(".")[2] in _STARTERS
    )
    return tuple(str(first.value) for first in firsts if isinstance(first, Constant))


@summary
def handed_to_uvicorn(source: PythonSource) -> tuple[tuple[str, bool], ...]:
    """The names that a file gives to uvicorn, and whether that happens only where it is the program."""
    if "uvicorn" not in source.names:
        return ()
    guards = [
        branch.body
        for statement in source.body
        if isinstance(statement, If)
        for branch in statement.branches
        if is_main_guard(branch.test)
    ]
    return tuple(
        (given, any(body[0].start <= call.start < body[-1].end for body in guards))
        for call in source.nodes.of(Call)
        if dotted(call.func) in {"uvicorn.run", "uvicorn.Config"}
        if call.args and (given := dotted(call.args[0]))
    )
