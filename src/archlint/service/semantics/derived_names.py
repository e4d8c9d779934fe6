"""The names by which other modules may come to what one makes at a place, such as an engine's sessions."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Assign, ClassDef, FunctionDef, Name, Node, Statement
from archlint.facts.traversal import all_nodes, nested_blocks


def derived_names(source: PythonSource, made: Node) -> frozenset[str]:
    """What is bound by the statement around `made`, and by those that have such a name, and so on."""
    found: set[str] = set()
    more = {name for one in source.body if one.start <= made.start < one.end for name in _bound(one)}
    while more:
        found |= more
        using = (one for one in source.body if not found.isdisjoint(_names(one)))
        more = {name for one in using for name in _bound(one)} - found
    return frozenset(found)


def _bound(statement: Statement) -> Iterator[str]:
    match statement:
        case FunctionDef(name=name) | ClassDef(name=name):
            yield name
        case Assign(targets=targets):
            yield from (target.id for target in targets if isinstance(target, Name))
        case _:
            yield from (name for block in nested_blocks(statement) for one in block for name in _bound(one))


def _names(statement: Statement) -> Iterator[str]:
    return (node.id for node in all_nodes(statement) if isinstance(node, Name))
