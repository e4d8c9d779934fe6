"""The names that stand in a definition, found by offsets in an index of its module."""

from __future__ import annotations

from bisect import bisect_left

from archlint.facts.syntax import Attribute, Name
from archlint.service.calls.functions import Class, Function
from archlint.service.semantics.modules import Module


class Words:
    """Answers for any module, each read once."""

    def __init__(self) -> None:
        self._nodes: dict[Module, tuple[list[int], list[Name | Attribute]]] = {}

    def within(self, definition: Function | Class) -> list[Name | Attribute]:
        """The names and attributes from a definition's first word to its last; none for a module itself."""
        if definition.node is None:
            return []
        starts, nodes = self._of(definition.module)
        return nodes[bisect_left(starts, definition.node.start) : bisect_left(starts, definition.node.end)]

    def _of(self, module: Module) -> tuple[list[int], list[Name | Attribute]]:
        if module not in self._nodes:
            source = module.source.nodes
            found: list[Name | Attribute] = [*source.of(Name), *source.of(Attribute)]
            found.sort(key=lambda node: (node.start, node.end))
            self._nodes[module] = [node.start for node in found], found
        return self._nodes[module]
