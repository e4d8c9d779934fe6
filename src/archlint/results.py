"""What a run has found out, for whoever prints it."""

from __future__ import annotations

from collections.abc import Mapping

from msgspec import Struct, field

from archlint.discover import Repository
from archlint.findings import Finding, Location, Unknown
from archlint.pages import Page
from archlint.standard import Standard


class Undecided(Struct, frozen=True):
    """What a rule could not know of a service."""

    page: Page
    service: str
    unknown: Unknown


class Failure(Struct, frozen=True):
    """A rule that broke: archlint's own mistake, which must not pass for a clean service."""

    page: Page
    service: str
    error: str
    traceback: str


class Excused(Struct, frozen=True):
    """A finding that does not count, for a reason that somebody gave at `location`."""

    finding: Finding
    reason: str
    location: Location


class Outcome(Struct, frozen=True):
    """What a rule found in order in a service, or why it had nothing to judge there."""

    met: tuple[Location, ...] = ()
    not_applicable: str = ""


class Report(Struct, frozen=True, dict=True):
    """What a run has to say.

    `pages` are the rules that ran, `files` counts the Python files read, `outcomes` are by service and code.
    """

    repository: Repository
    standard: Standard
    pages: tuple[Page, ...] = ()
    services: tuple[str, ...] = ()
    files: int = 0
    findings: tuple[Finding, ...] = ()
    unknowns: tuple[Undecided, ...] = ()
    failures: tuple[Failure, ...] = ()
    suppressed: int = 0
    excused: tuple[Excused, ...] = ()
    outcomes: Mapping[tuple[str, str], Outcome] = field(default_factory=dict)
