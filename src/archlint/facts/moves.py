"""Where the places in one state of a Python file are in another, as parts that say the same in both tell."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import cast

from msgspec import Struct

from archlint.facts.differences import DEEPLY_SAID, SAID, FileDifference
from archlint.facts.syntax import ClassDef, FunctionDef, Node
from archlint.findings import Location


class Moves:
    """The places of some parts, none of which differs; none where the difference is not known.

    Whoever has read these parts of the old state, and would read the same of the new one, comes by a node
    there where he came by its like in the old one. A place that two parts see move to different ones is as
    unknown as one that none of them has.
    """

    def __init__(self, difference: FileDifference | None, parts: Iterable[int | str]) -> None:
        self._difference = difference
        self._spans: dict[object, tuple[int, int] | None] = {}
        self._starts: dict[object, int | None] = {}
        self._ends: dict[object, int | None] = {}
        self._seen: dict[tuple[int, int, bool], tuple[object, object]] = {}
        if difference is not None and difference.says_the_same:
            self._pair(*difference.whole, deep=True)
        elif difference is not None:
            for part in parts:
                self._pair(*difference.states(part), deep=isinstance(part, int))

    def of(self, place: Location) -> Location | None:
        """Where a place of the old state is in the new one, None where that is not known."""
        if place == Location(place.file):
            return place  # the file as a whole
        if self._difference is None:
            return None
        old, new = self._difference.old, self._difference.new
        start = old.offset(place)
        end = old.offset(Location(place.file, place.end_line, place.end_column))
        # Of nodes that end together one may now end later, with a comment.
        apart = self._starts.get(start), self._ends.get(end)
        begins, ends = self._spans.get((start, end), apart) or (None, None)
        return None if begins is None or ends is None else new.location(place.file, begins, ends)

    def _pair(self, old: object, new: object, *, deep: bool) -> None:
        """Learn where each node of one value is in the other, which says the same; see `same`."""
        held = DEEPLY_SAID if deep else SAID
        pending = [(old, new)]
        while pending:
            one, other = pending.pop()
            if isinstance(one, tuple):
                pending += zip(one, cast("tuple[object, ...]", other), strict=True)
            elif isinstance(one, Struct) and (known := (id(one), id(other), deep)) not in self._seen:
                self._seen[known] = one, other  # kept, so that no other gets its identity
                self._learn(one, cast("Struct", other))
                inner = held[type(one)]
                pending += zip(inner(one), inner(other), strict=True)

    def _learn(self, old: Struct, new: Struct) -> None:
        spans, starts, ends = self._spans, self._starts, self._ends
        for span, moved in zip(_spans(old), _spans(new), strict=True):
            if spans.setdefault(span, moved) != moved:
                spans[span] = None
            if starts.setdefault(span[0], moved[0]) != moved[0]:
                starts[span[0]] = None
            if ends.setdefault(span[1], moved[1]) != moved[1]:
                ends[span[1]] = None


def _spans(node: Struct) -> Iterator[tuple[int, int]]:
    """What can be told of a node: all of it, its header and its name."""
    if isinstance(node, Node):
        yield node.start, node.end
    if isinstance(node, FunctionDef):
        yield node.start, node.header_end
    if isinstance(node, FunctionDef | ClassDef):
        ends = node.name_start + len(node.name)
        yield from ((node.name_start, ends), (node.start, ends))
