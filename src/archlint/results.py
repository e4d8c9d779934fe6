"""What a run has found out, for whoever prints it."""

from __future__ import annotations

from dataclasses import dataclass

from archlint.discover import Repository
from archlint.findings import Finding, Unknown
from archlint.pages import Page
from archlint.standard import Standard


@dataclass(frozen=True, slots=True)
class Undecided:
    """What a rule could not know of a service."""

    page: Page
    service: str
    unknown: Unknown


@dataclass(frozen=True, slots=True)
class Failure:
    """A rule that broke: archlint's own mistake, which must not pass for a clean service."""

    page: Page
    service: str
    error: str
    traceback: str


@dataclass(frozen=True)
class Report:
    """What a run has to say. `pages` are the rules that ran, `files` counts the Python files read."""

    repository: Repository
    standard: Standard
    pages: tuple[Page, ...] = ()
    services: tuple[str, ...] = ()
    files: int = 0
    findings: tuple[Finding, ...] = ()
    unknowns: tuple[Undecided, ...] = ()
    failures: tuple[Failure, ...] = ()
    suppressed: int = 0
