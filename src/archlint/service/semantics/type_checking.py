"""Whether a node of a file is there for type checkers alone."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import If, Node, Statement, While
from archlint.facts.type_checking import blocks
from archlint.readings import summary


def is_for_type_checkers(source: PythonSource, node: Node) -> bool:
    """Whether a node of the file is never run."""
    return any(body[0].start <= node.start < body[-1].end for body in _unseen(source))


@summary
def _unseen(source: PythonSource) -> tuple[tuple[Statement, ...], ...]:
    """The blocks of a file that are never run."""
    statements: tuple[If | While, ...] = (*source.nodes.of(If), *source.nodes.of(While))
    found = (
        (body, unseen) for statement in statements for body, unseen in blocks(statement, source.spellings)
    )
    return tuple(body for body, unseen in found if unseen and body)
