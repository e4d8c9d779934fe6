"""What encloses a node: the definitions by which its names are resolved, and the statements of a body."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Attribute,
    ClassDef,
    FunctionDef,
    If,
    Name,
    Node,
    Statement,
)
from archlint.facts.traversal import is_main_guard, nested_blocks
from archlint.readings import summary
from archlint.service.semantics.symbols import Scope

_N = TypeVar("_N", bound=Node)


def scoped(source: PythonSource, wanted: Iterable[_N]) -> Iterator[tuple[Scope, _N]]:
    """Some nodes of a file in reading order, outer ones first.

    Decorators, defaults, annotations and bases belong to the scope around their definition. What runs only
    when the file itself is started (`if __name__ == "__main__":`) is left out.
    """
    nodes = sorted(wanted, key=lambda node: (node.start, -node.end))
    bodies = _bodies(source) if nodes else []
    around: list[tuple[int, int, FunctionDef | ClassDef | None]] = []
    scope: Scope = ()
    for node in nodes:
        before = len(around)
        while around and around[-1][1] <= node.start:
            around.pop()
        changed = len(around) != before
        while bodies and bodies[-1][0] <= node.start:
            if bodies[-1][1] > node.start:
                around.append(bodies[-1])
                changed = True
            bodies.pop()
        if changed:
            scope = tuple(definition for _, _, definition in around if definition is not None)
        if len(scope) == len(around):
            yield scope, node


def statements_around(body: tuple[Statement, ...], node: Node) -> tuple[Statement, ...]:
    """The statements of a body that the node is in, outermost first; it ends at a definition in the body."""
    found: list[Statement] = []
    pending = body
    while (inside := _holding(pending, node)) is not None:
        found.append(inside)
        if isinstance(inside, FunctionDef | ClassDef):
            break
        pending = tuple(statement for block in nested_blocks(inside) for statement in block)
    return tuple(found)


def holds(block: tuple[Statement, ...], node: Node) -> bool:
    """Whether the node stands in the block."""
    return _holding(block, node) is not None


def _holding(block: tuple[Statement, ...], node: Node) -> Statement | None:
    return next((one for one in block if one.start <= node.start and node.end <= one.end), None)


def _bodies(source: PythonSource) -> list[tuple[int, int, FunctionDef | ClassDef | None]]:
    """Where the bodies of definitions, and None for those of main guards, start and end, last first."""
    definitions: list[FunctionDef | ClassDef] = [*source.nodes.of(FunctionDef), *source.nodes.of(ClassDef)]
    found: list[tuple[int, int, FunctionDef | ClassDef | None]] = [
        (_header_end(definition), _body_end(definition), definition)
        for definition in definitions
        if isinstance(definition, FunctionDef) or definition.body
    ]
    found += [(one.start, one.end, None) for one in _main_guards(source)]
    return sorted(found, key=lambda body: (-body[0], body[1]))


def _body_end(definition: FunctionDef | ClassDef) -> int:
    return definition.body_end if isinstance(definition, FunctionDef) else definition.body[-1].end


@summary
def _main_guards(source: PythonSource) -> tuple[If, ...]:
    branching = (one for one in source.nodes.of(If) if len(one.branches) == 1)
    return tuple(one for one in branching if is_main_guard(one.branches[0].test))


def _header_end(definition: FunctionDef | ClassDef) -> int:
    if isinstance(definition, FunctionDef):
        return definition.header_end
    return max(
        (part.end for part in (*definition.bases, *definition.keywords)), default=definition.name_start
    )


def last_name(node: Node) -> str:
    """`c` of `a.b.c` and of `c`, empty for what is no name."""
    if type(node) is Attribute:
        return node.attr
    return node.id if type(node) is Name else ""
