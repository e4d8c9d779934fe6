"""The verdict on each clause for a service, and what shows it.

A clause is met only when each of its rules that applies found places in order and none out of order; that no
finding was made proves nothing (architecture.md, "Verdicts").
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from enum import StrEnum
from functools import cached_property

from msgspec import Struct

from archlint.findings import Finding, Location, Severity
from archlint.pages import Page
from archlint.results import Excused, Outcome, Report, Undecided
from archlint.spec import Clause


class Verdict(StrEnum):
    """What is known of a clause, the worst first."""

    BROKEN = "broken"
    UNKNOWN = "unknown"
    EXCUSED = "excused"
    MET = "met"
    NOT_APPLICABLE = "not applicable"


class Evidence(Struct, frozen=True):
    """What a rule says for a clause: words, and the places that prove it."""

    page: Page
    text: str
    places: tuple[Location, ...] = ()


class Ruling(Struct, frozen=True, dict=True):
    """The verdict on one clause, with all that the report has to show for it.

    `reasons` say why it is unknown, excused or not applicable.
    """

    clause: Clause
    verdict: Verdict
    evidence: tuple[Evidence, ...] = ()
    findings: tuple[Finding, ...] = ()
    excused: tuple[Excused, ...] = ()
    unknowns: tuple[Undecided, ...] = ()
    reasons: tuple[str, ...] = ()


class Conformance(Struct, frozen=True, dict=True):
    """The rulings on a service, one for each clause of the standard, in order."""

    service: str
    rulings: tuple[Ruling, ...]

    @cached_property
    def totals(self) -> Mapping[Verdict, int]:
        """How many clauses have each verdict."""
        counts = Counter(ruling.verdict for ruling in self.rulings)
        return {verdict: counts[verdict] for verdict in Verdict}

    @property
    def counted(self) -> int:
        """The clauses that the figure is a share of: those that apply."""
        return len(self.rulings) - self.totals[Verdict.NOT_APPLICABLE]

    @property
    def share(self) -> float | None:
        """The share of the clauses that apply which are met, from 0 to 1; None where none applies."""
        return self.totals[Verdict.MET] / self.counted if self.counted else None


def judge(report: Report) -> tuple[Conformance, ...]:
    """The conformance of each service of a run of all rules."""
    said = {service: _Said.of(report, service) for service in report.services}
    return tuple(Conformance(service, tuple(_rulings(report, said[service]))) for service in said)


class _Said(Struct, frozen=True, dict=True):
    """What was said of one service, by the rule's code."""

    findings: Mapping[str, list[Finding]]
    excused: Mapping[str, list[Excused]]
    unknowns: Mapping[str, list[Undecided]]
    outcomes: Mapping[str, Outcome]
    broken: frozenset[str]

    @classmethod
    def of(cls, report: Report, service: str) -> _Said:
        findings: dict[str, list[Finding]] = defaultdict(list)
        excused: dict[str, list[Excused]] = defaultdict(list)
        unknowns: dict[str, list[Undecided]] = defaultdict(list)
        for finding in report.findings:
            for code in (finding.code, *finding.also) if finding.service == service else ():
                findings[code].append(finding)
        for one in report.excused:
            for code in (one.finding.code, *one.finding.also) if one.finding.service == service else ():
                excused[code].append(one)
        for undecided in report.unknowns:
            if undecided.service == service:
                unknowns[undecided.page.code].append(undecided)
        outcomes = {code: outcome for (root, code), outcome in report.outcomes.items() if root == service}
        failed = frozenset(f.page.code for f in report.failures if f.service == service)
        return cls(findings, excused, unknowns, outcomes, failed)


def _rulings(report: Report, said: _Said) -> Iterator[Ruling]:
    rules: dict[str, list[Page]] = defaultdict(list)
    for page in report.standard.pages:
        for name in page.clauses:
            rules[name].append(page)
    for clause in report.standard.spec.clauses:
        yield _ruling(clause, rules[clause.id], said, report.standard.unchecked.get(clause.id, ""))


class _Heard(Struct, frozen=True):
    """What the rules of one clause said of it; `proving` are those whose places in order are evidence."""

    pages: tuple[Page, ...]
    proving: tuple[Page, ...]
    findings: tuple[Finding, ...]
    excused: tuple[Excused, ...]
    unknowns: tuple[Undecided, ...]
    evidence: tuple[Evidence, ...]

    @classmethod
    def of(cls, clause: Clause, pages: tuple[Page, ...], said: _Said) -> _Heard:
        proving = tuple(page for page in pages if clause.id in page.proves or not page.proves)
        findings = (one for page in pages for one in said.findings.get(page.code, ()))
        excused = (one for page in pages for one in said.excused.get(page.code, ()))
        unknowns = (one for page in pages for one in said.unknowns.get(page.code, ()))
        return cls(
            pages,
            proving,
            tuple(one for one in findings if clause.id in one.clauses),
            tuple(one for one in excused if clause.id in one.finding.clauses),
            tuple(one for one in unknowns if clause.id in (one.unknown.clauses or one.page.clauses)),
            tuple(found for page in proving if (found := _evidence(clause, page, said)) is not None),
        )


def _ruling(clause: Clause, pages: Iterable[Page], said: _Said, unchecked: str) -> Ruling:
    if unchecked:
        return Ruling(clause, Verdict.NOT_APPLICABLE, reasons=(unchecked,))
    heard = _Heard.of(clause, tuple(pages), said)
    verdict, reasons = _verdict(heard, said)
    return Ruling(clause, verdict, heard.evidence, heard.findings, heard.excused, heard.unknowns, reasons)


def _evidence(clause: Clause, page: Page, said: _Said) -> Evidence | None:
    """What the rule found in order that is about the clause, in the page's words."""
    found = said.outcomes.get(page.code, Outcome()).met
    met = tuple(dict.fromkeys(one.location for one in found if clause.id in (one.clauses or page.clauses)))
    if not met or not page.evidence:
        return None
    excused = (one.finding for one in said.excused.get(page.code, ()))
    against = sum(clause.id in one.clauses for one in (*said.findings.get(page.code, ()), *excused))
    every = len(met) + against + len(said.unknowns.get(page.code, ()))
    return Evidence(page, page.evidence.format(met=len(met), all=every), met)


def _verdict(heard: _Heard, said: _Said) -> tuple[Verdict, tuple[str, ...]]:
    if any(finding.severity is Severity.ERROR for finding in heard.findings):
        return Verdict.BROKEN, ()
    doubts = tuple(_doubts(heard, said))
    if doubts:
        return Verdict.UNKNOWN, doubts
    ignored = tuple(
        f"{page.code} is left out by the configuration" for page in heard.pages if _is_out(page, said)
    )
    if heard.excused or ignored:
        return Verdict.EXCUSED, (*ignored, *(one.reason for one in heard.excused))
    if heard.evidence:
        return Verdict.MET, ()
    reasons = dict.fromkeys(said.outcomes[page.code].not_applicable for page in heard.proving)
    return Verdict.NOT_APPLICABLE, tuple(filter(None, reasons))


def _doubts(heard: _Heard, said: _Said) -> Iterator[str]:
    """Why the clause cannot be called met, though no error breaks it."""
    if not heard.pages:
        yield "no rule decides it"
    if heard.findings:
        yield f"{len(heard.findings)} warning{'' if len(heard.findings) == 1 else 's'}"
    if heard.unknowns:
        yield f"{len(heard.unknowns)} place{'' if len(heard.unknowns) == 1 else 's'} could not be decided"
    proven = {one.page.code for one in heard.evidence}
    for page in heard.pages:
        if page.code in said.broken:
            yield f"{page.code} could not be run"
        elif page in heard.proving and page.code not in proven and _silent(page, said):
            yield f"{page.code} {page.name} could prove nothing"


def _silent(page: Page, said: _Said) -> bool:
    """Whether the rule said nothing at all: no place in order or not, nor why it has nothing to judge."""
    if _is_out(page, said):
        return False
    spoke = (said.findings, said.excused, said.unknowns)
    outcome = said.outcomes[page.code]
    return not (outcome.not_applicable or outcome.met) and not any(page.code in one for one in spoke)


def _is_out(page: Page, said: _Said) -> bool:
    return page.code not in said.outcomes and page.code not in said.broken
