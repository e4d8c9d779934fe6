"""The definitions around a node of a test module, found by offsets."""

from __future__ import annotations

from bisect import bisect_right

from archlint.facts.syntax import ClassDef, FunctionDef, Node
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope


class Places:
    """Answers for any module, each read once."""

    def __init__(self) -> None:
        self._scopes: dict[Module, tuple[list[int], list[Scope]]] = {}

    def around(self, module: Module, node: Node) -> Scope:
        """The definitions around the node, outermost first."""
        if module not in self._scopes:
            self._scopes[module] = _read(module)
        starts, scopes = self._scopes[module]
        index = bisect_right(starts, node.start) - 1
        scope = scopes[index] if index >= 0 else ()
        return tuple(one for one in scope if one.end >= node.end)


def _read(module: Module) -> tuple[list[int], list[Scope]]:
    nodes = module.source.nodes
    found: list[FunctionDef | ClassDef] = [*nodes.of(FunctionDef), *nodes.of(ClassDef)]
    found.sort(key=lambda one: one.start)
    scopes: list[Scope] = []
    open_ones: list[FunctionDef | ClassDef] = []
    for one in found:
        while open_ones and open_ones[-1].end < one.end:
            open_ones.pop()
        open_ones.append(one)
        scopes.append(tuple(open_ones))
    return [one.start for one in found], scopes
