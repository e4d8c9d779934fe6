"""The functions and classes of one file by where they stand: what encloses a place, asked of one index."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator
from typing import TypeAlias

from archlint.facts.syntax import ClassDef, FunctionDef, Node

Definition: TypeAlias = FunctionDef | ClassDef
_Nested: TypeAlias = tuple[Definition, ...]
"""Definitions in one another, outermost first."""


class Definitions:
    """Every definition of a file with those around it; decorators stand before what they decorate."""

    def __init__(self, definitions: Iterable[Definition]) -> None:
        found = sorted(definitions, key=lambda one: one.start)
        self._starts = [one.start for one in found]
        self._scopes: list[_Nested] = []
        scope: _Nested = ()
        for one in found:
            while scope and scope[-1].end < one.end:
                scope = scope[:-1]
            scope = (*scope, one)
            self._scopes.append(scope)

    def __iter__(self) -> Iterator[_Nested]:
        """Each definition, as they stand, at the end of those around it."""
        return iter(self._scopes)

    def around(self, node: Node) -> _Nested:
        """The definitions that hold the node, itself included; a decorator is in none that it decorates."""
        scope = self._opened(node.start)
        if scope and scope[-1].end < node.end:
            return tuple(one for one in scope if one.end >= node.end)
        return scope

    def functions_around(self, node: Node) -> tuple[FunctionDef, ...]:
        """The functions that hold the node, outermost first."""
        return tuple(one for one in self.around(node) if isinstance(one, FunctionDef))

    def at(self, offset: int) -> _Nested:
        """The definitions at a place, where decorators belong to what they decorate."""
        index = bisect_right(self._starts, offset)
        following = self._scopes[index] if index < len(self._scopes) else ()
        # The `@` stands right before the first decorator.
        if following and following[-1].decorators and following[-1].decorators[0].start - 1 <= offset:
            return following
        return tuple(one for one in self._opened(offset) if offset < one.end)

    def _opened(self, offset: int) -> _Nested:
        """The last definition that starts there or before, with those around it."""
        index = bisect_right(self._starts, offset) - 1
        return self._scopes[index] if index >= 0 else ()
