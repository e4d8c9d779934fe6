"""What only type checkers see: the bodies of `if TYPE_CHECKING:`."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Expression, If, Node, Operation
from archlint.facts.traversal import dotted


def is_type_checking(test: Expression) -> bool:
    """Whether a test holds for type checkers only."""
    if isinstance(test, Operation) and test.operator == "and":
        return any(is_type_checking(part) for part in test.parts)
    return dotted(test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING", "t.TYPE_CHECKING"}


def is_for_type_checkers(source: PythonSource, node: Node) -> bool:
    """Whether a node of the file is never run."""
    return any(
        branch.start <= node.start < branch.body[-1].end and is_type_checking(branch.test)
        for statement in source.nodes.of(If)
        for branch in statement.branches
        if branch.body
    )
