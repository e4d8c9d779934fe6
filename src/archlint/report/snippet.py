"""The source line of a finding, with the place underlined."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from archlint import documents
from archlint.discover import Repository, UnreadableFileError
from archlint.findings import Location
from archlint.report.safe import printable
from archlint.report.styled import Line
from archlint.service.configuration.masks import mask_line

ELLIPSIS = "..."
LEAD = 20
"""How much of a long line is kept before the place."""


class Sources:
    """The lines of the repository's files, each file read once."""

    def __init__(self, repository: Repository) -> None:
        self._repository = repository
        self._lines = cache(self._read)

    def line(self, place: Location) -> str | None:
        """The place's first line, secrets starred out; None when there is no such line to read."""
        lines = self._lines(place.file)
        return mask_line(lines[place.line - 1]) if 0 < place.line <= len(lines) else None

    def around(self, place: Location, lines: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """At most so many lines before the place and after it, secrets starred out."""
        read = self._lines(place.file)
        before, after = read[max(0, place.line - 1 - lines) : place.line - 1], read[place.line :][:lines]
        return tuple(map(mask_line, before)), tuple(map(mask_line, after))

    def _read(self, file: str) -> list[str]:
        """Its lines as those who judged it have read them."""
        try:
            is_python = file.endswith(".py")
            text = self._repository.text(file) if is_python else documents.text(self._repository, file)
        except UnreadableFileError:
            return []
        return re.split(r"\r\n|\n|\r", text)


def snippet(place: Location, source: str, style: str, width: int) -> Iterator[Line]:
    """The line between two empty ones of the gutter; of a place over several lines, the first.

    The source takes at most `width` columns of the terminal.
    """
    last = place.end_column - 1 if place.end_line == place.line else len(source.rstrip())
    parts = (
        source[: place.column - 1],
        source[place.column - 1 : last],
        source[max(last, place.column - 1) :],
    )
    before, marked, after = _fitted(printable(parts[0]), printable(parts[1]), printable(parts[2]), width)
    margin = " " * len(str(place.line))
    yield ((f"{margin} |", "gutter"),)
    yield (f"{place.line} |", "gutter"), (f" {before}{marked}{after}".rstrip(), "")
    underline = "^" * max(columns(marked), 1)
    yield (f"{margin} |", "gutter"), (" " * (columns(before) + 1), ""), (underline, style)


def columns(text: str) -> int:
    """How many columns a terminal needs for `text`."""
    if text.isascii():
        return len(text)
    return sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _fitted(before: str, marked: str, after: str, width: int) -> tuple[str, str, str]:
    """The parts, shortened at either end, the marked one last of all, until they fit."""
    if columns(before + marked + after.rstrip()) <= width:
        return before, marked, after
    if columns(before) > LEAD and columns(before + marked) > width - len(ELLIPSIS):
        before = ELLIPSIS + before[len(before) - LEAD :]
    room = width - columns(before) - len(ELLIPSIS)
    if columns(marked) > room:
        return before, _cut(marked, room) + ELLIPSIS, ""
    return before, marked, _cut(after, room - columns(marked)) + ELLIPSIS


def _cut(text: str, room: int) -> str:
    while text and columns(text) > room:
        text = text[: min(len(text) - 1, room)]
    return text
