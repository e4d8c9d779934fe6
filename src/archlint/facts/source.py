"""All that archlint keeps of one Python file, and its nodes by kind."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from functools import cached_property
from typing import TypeVar, cast

import msgspec

from archlint.facts.syntax import Node, Statement
from archlint.facts.traversal import nodes_by_kind
from archlint.findings import Location


class Comment(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """A comment that speaks to archlint. `own_line` is true when nothing stands before it."""

    start: int
    text: str
    own_line: bool


class Problem(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """Where the file is not Python, in offsets, and what is wrong, for BA0002."""

    start: int
    end: int
    message: str


class PythonSource(msgspec.Struct, frozen=True, array_like=True, eq=False, dict=True):
    """All that archlint keeps of one Python file's content, independent of where the file lies.

    `line_starts` holds the offset of each line's first code point, in code points.
    """

    line_starts: tuple[int, ...]
    body: tuple[Statement, ...]
    comments: tuple[Comment, ...] = ()
    problems: tuple[Problem, ...] = ()

    @cached_property
    def nodes(self) -> Nodes:
        """Every node of the file by its kind, walked once for all who ask."""
        return Nodes({kind: tuple(nodes) for kind, nodes in nodes_by_kind(self.body).items()})

    def location(self, file: str, start: int, end: int) -> Location:
        """The span from offset `start` to `end` as lines and columns of `file`."""
        first, last = bisect_right(self.line_starts, start), bisect_right(self.line_starts, end)
        return Location(
            file, first, start - self.line_starts[first - 1] + 1, last, end - self.line_starts[last - 1] + 1
        )


_N = TypeVar("_N", bound=Node)


class Nodes:
    """The nodes of one file by their kind."""

    def __init__(self, by_kind: Mapping[type[Node], tuple[Node, ...]]) -> None:
        self._by_kind = by_kind

    def of(self, kind: type[_N]) -> tuple[_N, ...]:
        """The nodes of one kind in reading order."""
        return cast("tuple[_N, ...]", self._by_kind.get(kind, ()))
