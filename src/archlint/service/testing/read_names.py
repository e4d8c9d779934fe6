"""Which names a file reads."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Alias, Name
from archlint.readings import naming
from archlint.service.semantics.unread import unread as unread_names


@naming
def read_names(source: PythonSource, defined: frozenset[str]) -> tuple[str, ...]:
    """The names of definitions and imports that a file has, but variables that nothing reads."""
    renamed = {alias.asname for alias in source.nodes.of(Alias)}
    unread = unread_names(source)
    read = {name.id for name in source.nodes.of(Name) if name not in unread}
    return tuple(sorted((read & defined) | (read & renamed)))
