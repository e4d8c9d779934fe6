"""Where in its function something stands: the statements around it, outermost first."""

from __future__ import annotations

from archlint.facts.syntax import ClassDef, FunctionDef, Node, Statement
from archlint.service.semantics.bindings import nested_blocks


def around(body: tuple[Statement, ...], node: Node) -> tuple[Statement, ...]:
    """The statements of a function's body that `node` is in; it ends at a definition in the body."""
    found: list[Statement] = []
    pending = body
    while (inside := _holding(pending, node)) is not None:
        found.append(inside)
        if isinstance(inside, FunctionDef | ClassDef):
            break
        pending = tuple(statement for block in nested_blocks(inside) for statement in block)
    return tuple(found)


def holds(block: tuple[Statement, ...], node: Node) -> bool:
    """Whether `node` stands in the block."""
    return _holding(block, node) is not None


def _holding(block: tuple[Statement, ...], node: Node) -> Statement | None:
    return next((one for one in block if one.start <= node.start and node.end <= one.end), None)
