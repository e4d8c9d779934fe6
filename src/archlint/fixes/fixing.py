"""`archlint check --fix`: fix, check again, and go on while there is something to fix."""

from __future__ import annotations

from collections import Counter

from msgspec import Struct, field

from archlint.engine import check
from archlint.fixes.carrying_out import FileChange, changes, write
from archlint.fixes.planning import Planned, plans
from archlint.loading import Loaded, Progress, Request, prepare
from archlint.results import Report

MAX_ROUNDS = 10
"""One fix may make room for another; that ends, but nobody should have to prove it."""


class FixOutcome(Struct):
    """What was fixed, what only `--unsafe-fixes` would fix, and the last report.

    `changes` are the files as they are after one round, not written, where that was asked for.
    """

    report: Report
    done: list[Planned] = field(default_factory=list)
    unsafe: list[Planned] = field(default_factory=list)
    problems: dict[str, str] = field(default_factory=dict)
    changes: list[FileChange] = field(default_factory=list)

    @property
    def fixed(self) -> Counter[str]:
        """How many findings of each code were fixed."""
        return Counter(one.finding.code for one in self.done)


def fix(request: Request, *, unsafe: bool, progress: Progress = lambda stage: None) -> FixOutcome:
    """Fix what can be fixed, in the files. Raises ArchlintError."""
    loaded, outcome = _checked(request, progress)
    for _ in range(MAX_ROUNDS):
        done = _round(loaded, outcome, unsafe, progress)
        for change in outcome.changes:
            write(loaded.repository, change)
        if not outcome.changes:
            break
        outcome.done += done
        loaded, again = _checked(request, progress)
        outcome.report, outcome.changes = again.report, []
    return outcome


def preview(request: Request, *, unsafe: bool, progress: Progress = lambda stage: None) -> FixOutcome:
    """What one round of fixes would make of the files; none is written. Raises ArchlintError."""
    loaded, outcome = _checked(request, progress)
    outcome.done = _round(loaded, outcome, unsafe, progress)
    return outcome


def _checked(request: Request, progress: Progress) -> tuple[Loaded, FixOutcome]:
    loaded = prepare(request, progress)
    return loaded, FixOutcome(check(loaded, request, progress))


def _round(loaded: Loaded, outcome: FixOutcome, unsafe: bool, progress: Progress) -> list[Planned]:
    """Note in `outcome` what the plans make of the files; the plans that are in them."""
    progress("fixing")
    found = list(plans(loaded, outcome.report))
    outcome.unsafe = [one for one in found if not (one.plan.safe or unsafe)]
    made = changes(loaded.repository, [one for one in found if one.plan.safe or unsafe])
    outcome.problems |= made.problems
    outcome.changes = made.files
    return made.done
