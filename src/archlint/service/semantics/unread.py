"""What functions give a name that is never read: who looks for other things does not depend on it."""

from __future__ import annotations

from archlint.facts.source import PythonSource, function_naming, function_summary, notice, notice_naming
from archlint.facts.syntax import Assign, FunctionDef, Name, Node, Statement
from archlint.facts.traversal import all_nodes, with_blocks
from archlint.readings import unnoticed
from archlint.service.semantics.bindings import Namespace, function_namespace
from archlint.service.semantics.idle import idle_in


def unread_in(source: PythonSource, function: FunctionDef) -> frozenset[Node]:
    """The names that assignments in a function, or in one in it, bind, and that nothing in it has again."""
    return frozenset(_unread(source, function))


@function_summary
def _unread(source: PythonSource, function: FunctionDef) -> tuple[Name, ...]:
    assigned = source.nodes.within(function.start, function.end, Assign)
    bound = [target for one in assigned for target in one.targets if type(target) is Name]
    names = set(source.nodes.within(function.start, function.end, Name)).difference(bound)
    read = {node.id for node in names}.union(parameter.name for parameter in function.parameters)
    return tuple(node for node in bound if node.id not in read)


def unread(source: PythonSource) -> frozenset[Node]:
    """Those of all functions of a file."""
    found: set[Node] = set()
    end = -1
    for function in source.nodes.of(FunctionDef):
        if function.start >= end:
            end = function.end
            found |= unread_in(source, function)
    return frozenset(found)


def names_bound_in(source: PythonSource, definition: FunctionDef) -> Namespace:
    """The local names of a function; what is assigned to one that nothing reads concerns nobody."""
    notice(_bound, source, definition)
    with unnoticed():
        return function_namespace(definition)


@function_summary
def _bound(source: PythonSource, definition: FunctionDef) -> tuple[object, ...]:
    unread = {node.id for node in unread_in(source, definition) if isinstance(node, Name)}
    found = function_namespace(definition)
    kept = ((name, one) for name, one in found.names.items() if name not in unread)
    return (*kept, found.stars)


def body_of(source: PythonSource, definition: FunctionDef, defined: frozenset[str]) -> tuple[Statement, ...]:
    """A function's statements, for whom those do not matter that do nothing else but to compute and show."""
    notice_naming(_working, source, definition)
    with unnoticed():
        return definition.body


@function_naming
def _working(
    source: PythonSource, definition: FunctionDef, defined: frozenset[str]
) -> tuple[tuple[Statement, ...], ...]:
    """The statements that do more, those in blocks too, and those of the functions in it."""
    idle = idle_in(source, definition, defined)
    functions = (node for node in all_nodes(definition) if isinstance(node, FunctionDef))
    inner = [function for function in functions if function is not definition]

    def kept(block: tuple[Statement, ...]) -> tuple[Statement, ...]:
        return tuple(with_blocks(one, kept) for one in block if not idle.has(one))

    return (kept(definition.body), *(kept(one.body) for one in inner))
