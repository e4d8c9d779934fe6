"""Which findings can be fixed, and how."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.loading import Loaded
from archlint.results import Report


class Planned(Struct, frozen=True):
    """A finding and the plan of its rule's fix."""

    finding: Finding
    plan: Plan


def plans(loaded: Loaded, report: Report, findings: Iterable[Finding] | None = None) -> Iterator[Planned]:
    """The plan of each finding that has one, of all of the report in its order where none are given."""
    services = {service.root: service for service in loaded.services}
    fixable = {page.code: page for page in report.standard.pages if page.fixable}
    for finding in report.findings if findings is None else findings:
        if finding.code in fixable:
            planner = report.standard.fixes(fixable[finding.code])
            plan: Plan | None = planner(services[finding.service], finding)
            if plan is not None and _may_be_written(loaded, plan.edits):
                yield Planned(finding, plan)


def stand_ins(loaded: Loaded, report: Report, findings: Iterable[Finding]) -> Iterator[Planned]:
    """What to try for each finding that only a person can mend: edits for memory alone, never written."""
    services = {service.root: service for service in loaded.services}
    pages = {page.code: page for page in report.standard.pages}
    for finding in findings:
        trial = report.standard.trials(pages[finding.code])
        plan: Plan | None = trial and trial(services[finding.service], finding)
        if plan is not None:
            yield Planned(finding, plan)


def edits_for(loaded: Loaded, report: Report, findings: Iterable[Finding]) -> Iterator[Planned]:
    """The fix of each of the findings, else what stands in for one."""
    wanted = {one.fingerprint: one for one in findings}
    fixes = {one.finding.fingerprint: one for one in plans(loaded, report, wanted.values())}
    yield from fixes.values()
    yield from stand_ins(loaded, report, [one for name, one in wanted.items() if name not in fixes])


def _may_be_written(loaded: Loaded, edits: Iterable[tuple[str, object]]) -> bool:
    return all(file in loaded.repository.files for file, _ in edits)
