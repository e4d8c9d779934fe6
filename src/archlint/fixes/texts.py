"""Files that are no Python, as their fixes see them: lines, what stands at a place, and edits of it."""

from __future__ import annotations

from msgspec import Struct

from archlint.discover import Repository, UnreadableFileError
from archlint.findings import Location
from archlint.fixes.edits import Replace, Span


class TextFile(Struct, frozen=True):
    """The text of a file; lines and columns count from 1."""

    path: str
    lines: tuple[str, ...]

    @classmethod
    def of(cls, repository: Repository, path: str) -> TextFile | None:
        """The file; None for what is no UTF-8 or begins with a byte-order mark, whose columns differ."""
        try:
            text = repository.read_bytes(path).decode("utf-8")
        except (UnicodeDecodeError, UnreadableFileError):
            return None
        return None if text.startswith("\ufeff") else cls(path, tuple(text.splitlines(keepends=True)))

    @property
    def end(self) -> str:
        """How its lines end."""
        return "\r\n" if any(line.endswith("\r\n") for line in self.lines) else "\n"

    def line(self, number: int) -> str:
        """A line without its end."""
        return self.lines[number - 1].rstrip("\r\n") if number <= len(self.lines) else ""

    def after(self, place: Location) -> str:
        """What stands in the line from the place on."""
        return self.line(place.line)[place.column - 1 :]

    def replacing(self, line: int, column: int, before: str, after: str) -> Replace:
        """Put `after` in place of `before`, which stands there on one line."""
        return Replace(Span(line, column - 1, line, column - 1 + len(before)), before, after)

    def adding_below(self, line: int, added: str) -> Replace:
        """Put whole lines below a line, which may be the last without an end."""
        if line >= len(self.lines) and not self.lines[-1].endswith("\n"):
            width = len(self.line(line))
            return Replace(Span(line, width, line, width), "", f"{self.end}{added}".removesuffix(self.end))
        return Replace(Span(line + 1, 0, line + 1, 0), "", added)
