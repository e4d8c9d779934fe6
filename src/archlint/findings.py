"""What archlint says of a repository: places, hits, unknowns, findings. Imports nothing of ours."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct, field


class Severity(StrEnum):
    """`error`: a SHALL is broken, provably from the source. `warning`: strong evidence short of proof."""

    ERROR = "error"
    WARNING = "warning"


class Location(Struct, frozen=True, order=True):
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


class Link(Struct, frozen=True):
    """One step of a chain that leads to a finding: where, and what happens there."""

    location: Location
    text: str


class Hit(Struct, frozen=True):
    """A rule's "violated": the place and the values of the page's message fields.

    `severity` and `clauses`, where given, narrow the page's for this hit. `cause` is a place that other hits
    come from as well and that is no step of the chain, such as the engine whose sessions block; `within` is
    what has several like it, whatever their causes are, such as the file that imports a layer. Where another
    rule of the requirement has a hit at `part_of`, that tells of this, too. `mended_at` is the only place
    whose change mends it, such as the include that lacks a prefix: what is known of that place holds it as
    well.
    """

    location: Location
    fields: dict[str, str] = field(default_factory=dict)
    chain: tuple[Link, ...] = ()
    severity: Severity | None = None
    clauses: tuple[str, ...] = ()
    cause: Link | None = None
    within: Link | None = None
    part_of: Location | None = None
    mended_at: Location | None = None

    @property
    def origins(self) -> tuple[Link, ...]:
        """What it has in common with others beside its chain, the nearest to it last."""
        return tuple(link for link in (self.cause, self.within) if link is not None)


class Unknown(Struct, frozen=True):
    """What archlint could not know: never a violation, never silently satisfied.

    `clauses`, where given, are those of the page's that it leaves unknown.
    """

    what: str
    location: Location
    why: str
    code: str = ""
    clauses: tuple[str, ...] = ()


class Met(Struct, frozen=True):
    """A rule's "satisfied": a place that it found in order; the page's `evidence` says what it is.

    `clauses`, where given, are those that the place is evidence for, of the ones that the page proves.
    """

    location: Location
    clauses: tuple[str, ...] = ()


class NotApplicable(Struct, frozen=True):
    """Why a rule has nothing to judge in a service: "it has no database"."""

    why: str


Said: TypeAlias = Hit | Unknown | Met | NotApplicable
"""All that a rule can say."""


class Finding(Struct, frozen=True):
    """A hit on which the engine stamped the page's code, clauses and words.

    `symbol` is the qualified name of the definition that the place is in, empty outside of any. The first
    half of `fingerprint` says what is meant, the second in which file; neither hangs on lines or wordings.
    `origins` are what it comes from beside its chain: the rule's cause, and findings that it follows from.
    `also` are the codes of other rules that would tell of the same, `mended_at` is as in its hit.
    """

    code: str
    rule: str
    requirement: str
    clauses: tuple[str, ...]
    severity: Severity
    message: str
    help: str
    service: str
    location: Location
    chain: tuple[Link, ...] = ()
    fingerprint: str = ""
    symbol: str = ""
    origins: tuple[Link, ...] = ()
    also: tuple[str, ...] = ()
    mended_at: Location | None = None

    @property
    def order(self) -> tuple[str, Location, str, str]:
        """The one order of findings in every output: by service, place, code, message."""
        return (self.service, self.location, self.code, self.message)


class ArchlintError(Exception):
    """Archlint cannot do its work, and the message tells a person why and what to do (exit code 2)."""
