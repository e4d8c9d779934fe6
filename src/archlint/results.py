"""What a run has found out, for whoever prints it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from archlint.baseline import Baseline
from archlint.discover import Repository
from archlint.findings import Finding, Location, Met, Unknown
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
    """A finding that does not count, for a reason that somebody gave at `location`.

    `owner` is who answers for it; after the day `until` it counts again. Only baselines know them.
    """

    finding: Finding
    reason: str
    location: Location
    owner: str = ""
    until: date | None = None


class Outcome(Struct, frozen=True):
    """What a rule found in order in a service, or why it had nothing to judge there."""

    met: tuple[Met, ...] = ()
    not_applicable: str = ""


class Report(Struct, frozen=True, dict=True):
    """What a run has to say.

    `pages` are the rules that ran, `files` counts the Python files read, `outcomes` are by service and code.
    `baselines` are those of the services. With `against`, `known` findings of that commit are left out.
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
    baselines: tuple[Baseline, ...] = ()
    against: str = ""
    known: int = 0
    outcomes: Mapping[tuple[str, str], Outcome] = field(default_factory=dict)
