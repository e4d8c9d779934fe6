"""Lines of styled spans: one description of the output, written plainly or, on a terminal, with colours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from archlint.report.safe import log_text

StyledText: TypeAlias = tuple[str, str]
Line: TypeAlias = tuple[StyledText, ...]

STYLES = {
    "": "none",
    "error": "bold red",
    "warning": "bold yellow",
    "rule": "bold",
    "heading": "bold underline",
    "gutter": "bold blue",
    "clause": "cyan",
    "label": "bold cyan",
    "faint": "dim",
    "removed": "red",
    "added": "green",
}


def plain(lines: Iterable[Line]) -> str:
    """The lines without their styles, safe for a log."""
    return "".join(f"{''.join(text for text, _ in safe(line))}\n" for line in lines)


def verbatim(lines: Iterable[Line]) -> str:
    """The text of a document for programs, whose format has made it safe."""
    return "".join(f"{''.join(text for text, _ in line)}\n" for line in lines)


def safe(line: Line) -> Line:
    """The line with nothing in it that a terminal or a log could take for more than text."""
    return tuple((log_text(text, starts_line=not index), style) for index, (text, style) in enumerate(line))
