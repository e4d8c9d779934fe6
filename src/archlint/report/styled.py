"""Lines of styled spans: one description of the output, written plainly or, on a terminal, with colours."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

Span: TypeAlias = tuple[str, str]
Line: TypeAlias = tuple[Span, ...]

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
    """The lines without their styles."""
    return "".join(f"{''.join(text for text, _ in line)}\n" for line in lines)


def printable(text: str) -> str:
    """`text` with tabs as four spaces and whatever could move a terminal's cursor shown as its code."""
    if text.isprintable():
        return text
    return "".join(_shown(character) for character in text)


def _shown(character: str) -> str:
    if character == "\t":
        return "    "
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"
