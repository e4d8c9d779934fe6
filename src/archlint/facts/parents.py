"""Which node stands directly around each node of a tree."""

from __future__ import annotations

from archlint.facts.syntax import Node
from archlint.facts.traversal import INNER, all_nodes


def parents(root: Node) -> dict[Node, Node]:
    """The node directly around each node below `root`."""
    found: dict[Node, Node] = {}
    for node in all_nodes(root):
        inner = INNER[type(node)]
        pending = [*inner(node)] if inner else []
        while pending:
            current = pending.pop()
            if isinstance(current, tuple):
                pending += current
            elif isinstance(current, Node):
                found[current] = node
    return found
