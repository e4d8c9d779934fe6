"""Which files libcst is not asked to read: it crashes on deep nesting and takes for ever on long chains."""

from __future__ import annotations

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Node
from archlint.facts.traversal import all_nodes

MAX_SIZE = 1_000_000
MAX_DEPTH = 90
MAX_PARTS = 400
"""Operands of one operator, or branches of one `if`."""


def refusal(data: bytes, source: PythonSource) -> str:
    """Why the file is not rewritten; empty when it may be."""
    if len(data) > MAX_SIZE:
        return "it is too large"
    if source.problems:
        return "it has syntax errors"
    if _depth(data) > MAX_DEPTH:
        return "it nests too deeply"
    if any(_width(node) > MAX_PARTS for statement in source.body for node in all_nodes(statement)):
        return "it has an expression that is too long"
    return ""


def _depth(data: bytes) -> int:
    """How deep brackets nest, those in strings and comments included; indentation counts as well."""
    deepest = depth = 0
    for byte in data:
        if byte in b"([{":
            depth += 1
            deepest = max(deepest, depth)
        elif byte in b")]}":
            depth = max(depth - 1, 0)
    indents = (len(line) - len(line.lstrip()) for line in data.splitlines())
    return max(deepest, max(indents, default=0) // 2)


def _width(node: Node) -> int:
    return max((len(part) for name in ("parts", "branches") if (part := getattr(node, name, ()))), default=0)
