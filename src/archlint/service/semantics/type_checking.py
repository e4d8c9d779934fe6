"""Whether a node of a file is there for type checkers alone."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import If, Node
from archlint.facts.type_checking import blocks


def is_for_type_checkers(source: PythonSource, node: Node) -> bool:
    """Whether a node of the file is never run."""
    return any(
        unseen and body and body[0].start <= node.start < body[-1].end
        for statement in source.nodes.of(If)
        for body, unseen in blocks(statement, source.spellings)
    )
