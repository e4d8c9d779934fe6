"""Phrases that several formats use."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from pathlib import Path

MOST_ARGUMENTS = 3
"""How many paths a command that is shown may have: hooks name dozens."""


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def arguments(paths: Sequence[Path]) -> str:
    """The paths as a shell takes them behind a command; nothing for the folder where one is."""
    named = [f" {shlex.quote(str(path))}" for path in paths if path != Path()]
    return "".join(named) if len(named) <= MOST_ARGUMENTS else ""
