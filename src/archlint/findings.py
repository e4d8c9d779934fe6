"""What archlint says of a repository: places, hits, unknowns, findings. Imports nothing of ours."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """`error`: a SHALL is broken, provably from the source. `warning`: strong evidence short of proof."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, order=True)
class Location:
    """A span of one file.

    `file` is a POSIX path relative to the repository's root. Lines and columns count from 1, columns in
    code points; the end column is exclusive, as in SARIF 2.1.0 section 3.30.
    """

    file: str
    line: int = 1
    column: int = 1
    end_line: int = 1
    end_column: int = 1

    def __str__(self) -> str:
        """`file:line:column`, as editors and terminals link it."""
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Link:
    """One step of a chain that leads to a finding: where, and what happens there."""

    location: Location
    text: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A rule's "violated": the place and the values of the page's message fields.

