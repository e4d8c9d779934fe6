"""What a file calls, by name: who asks for certain calls depends on these alone, not on all of the file."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.semantics.bindings import read_namespace


@summary
def called_names(source: PythonSource) -> tuple[str, ...]:
    """The dotted names of functions that a file calls, as far as the file itself binds their first part."""
    namespace = read_namespace(source.body)
    names = {dotted(call.func) or "" for call in source.nodes.of(Call)}
    bound = (name for name in names if namespace.stars or name.partition(".")[0] in namespace.names)
    return tuple(sorted(bound))


@summary
def calls_of(source: PythonSource, *names: str) -> tuple[Call, ...]:
    """The calls of functions by one of these dotted names, in reading order."""
    wanted = frozenset(names)
    return tuple(call for call in source.nodes.of(Call) if dotted(call.func) in wanted)
