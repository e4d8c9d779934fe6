"""The qualified name of the definition that a place is in."""

from __future__ import annotations

from bisect import bisect_right

from archlint.facts.source import PythonSource
from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Location


class QualifiedNames:
    """The definitions of one file by where they start, their decorators included."""

    def __init__(self, source: PythonSource) -> None:
        self._line_starts = source.line_starts
        self._starts: list[int] = []
        self._open: list[tuple[tuple[str, int], ...]] = []
        found: list[FunctionDef | ClassDef] = [*source.nodes.of(FunctionDef), *source.nodes.of(ClassDef)]
        around: list[tuple[str, int]] = []
        for start, one in sorted(((_start(one), one) for one in found), key=lambda pair: pair[0]):
            while around and around[-1][1] <= start:
                around.pop()
            around.append((one.name, one.end))
            self._starts.append(start)
            self._open.append(tuple(around))

    def at(self, place: Location) -> str:
        """`Class.method`, or nothing outside of any definition."""
        if place.line > len(self._line_starts):
            return ""
        offset = self._line_starts[place.line - 1] + place.column - 1
        index = bisect_right(self._starts, offset) - 1
        names = self._open[index] if index >= 0 else ()
        return ".".join(name for name, end in names if offset < end)


def _start(one: FunctionDef | ClassDef) -> int:
    """Where the first decorator's `@` may stand, or the definition itself."""
    return one.decorators[0].start - 1 if one.decorators else one.start
