"""`archlint plan`: what takes most findings away, and the proof, by trying it on a copy in memory.

A remedy is a cause with the fixes of its findings, or all fixes of one rule that have no cause in common.
What only a person can write is tried with a stand-in: a docstring of one word, a test that expects nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log2
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from archlint.causes import causes
from archlint.engine import check
from archlint.findings import Finding, Link, Location
from archlint.fixes.planning import Planned, plans, stand_ins
from archlint.fixes.trying import NO_EDIT, Bench, Experiment, Proof
from archlint.loading import Progress, Request, prepare
from archlint.results import Report

MOST_PROOFS = 8
"""So many of the largest are tried by themselves, which costs a run of all rules each."""
NOT_TRIED = "it is smaller than those that were tried"
MUCH = 0.05
"""The share of the findings from which on a cause comes before those that hold less."""


class Remedy(Struct, frozen=True):
    """Where to begin with `members`. `why` says why it is not proved; empty where `proof` proves it."""

    id: str
    link: Link
    members: tuple[Finding, ...]
    proof: Proof | None = None
    why: str = NO_EDIT

    @property
    def is_proved(self) -> bool:
        """Whether the edits take findings away and bring fewer."""
        return not self.why

    def holds_much(self, findings: int) -> bool:
        """Whether it holds much of so many findings: of what is proved, those that go count."""
        size = len(self.members)
        if self.proof is not None and self.is_proved:
            members = {one.fingerprint for one in self.members}
            size = sum(one.fingerprint in members for one in self.proof.gone)
        return size >= findings * MUCH

    def rank(self, findings: int) -> tuple[bool, bool, int, int, Location]:
        """Among the causes of so many findings: what is proved first, and of that what holds much of them.

        Of these, what takes the most away for each line, and of like effort the largest. Alike is what rounds
        to one power of two. How many lines it takes is not known of what is not proved.
        """
        is_small = not self.holds_much(findings)
        if self.proof is None or not self.is_proved:
            return (True, is_small, 0, -len(self.members), self.link.location)
        goes = len(self.proof.gone)
        return (False, is_small, -round(log2(goes / self.proof.lines)), -goes, self.link.location)


class Ranking(Struct, frozen=True):
    """The report on `paths` that it is about, and the remedies, best first."""

    report: Report
    remedies: tuple[Remedy, ...]
    paths: tuple[Path, ...] = ()

    def share(self, first: int) -> int:
        """How many findings the first remedies account for."""
        return len({one.fingerprint for remedy in self.remedies[:first] for one in remedy.members})


def ranking(request: Request, progress: Progress = lambda stage: None) -> Ranking:
    """The remedies of what `request` is about, the baselines' findings included. Raises ArchlintError."""
    loaded = prepare(request, progress)
    report = check(loaded, request, progress)
    planned = {one.finding.fingerprint: one for one in plans(loaded, report)}
    found = sorted(_remedies(report, planned.values()), key=lambda one: -len(one.members))
    progress("trying the edits of causes")
    tried = _tried(found, planned, Bench(loaded, report, request))
    total = len(report.findings)
    return Ranking(report, tuple(sorted(tried, key=lambda one: one.rank(total))), tuple(request.paths))


def _remedies(report: Report, planned: Iterable[Planned]) -> Iterator[Remedy]:
    """The causes, then what can be fixed besides, by rule."""
    caused: set[str] = set()
    for cause in causes(report.findings):
        caused.update(one.fingerprint for one in cause.members)
        yield Remedy(cause.id, cause.link, cause.members, why=_unfixable(report, cause.members))
    by_rule: dict[str, list[Finding]] = {}
    for one in planned:
        if one.finding.fingerprint not in caused:
            by_rule.setdefault(one.finding.code, []).append(one.finding)
    for code, members in by_rule.items():
        said = f"each {members[0].rule} that archlint can fix"
        yield Remedy(code, Link(members[0].location, said), tuple(members))


def _unfixable(report: Report, members: Iterable[Finding]) -> str:
    """Why there is no edit, as the page of the rule says that most of them are of."""
    (code, _), *_ = Counter(one.code for one in members).most_common()
    why = next((page.unfixable for page in report.standard.pages if page.code == code), "")
    return f"{NO_EDIT}: {why}" if why else NO_EDIT


def _tried(remedies: Sequence[Remedy], planned: Mapping[str, Planned], bench: Bench) -> Iterator[Remedy]:
    """The remedies, the largest with what their edits do."""
    attempts: dict[str, Experiment] = {}
    left_out: set[str] = set()
    alone = 0
    for remedy in remedies:
        attempt = _attempt(remedy, planned, bench)
        if attempt.planned and (alone < MOST_PROOFS or attempt.only_adds):
            attempts[remedy.id] = attempt
            alone += not attempt.only_adds
        elif attempt.planned:
            left_out.add(remedy.id)
    proofs = dict(zip(attempts, bench.tried(tuple(attempts.values())), strict=True))
    for remedy in remedies:
        if remedy.id in left_out:
            yield replace(remedy, why=NOT_TRIED)
        elif remedy.id not in proofs:
            yield remedy
        else:
            proof = proofs[remedy.id]
            why = attempts[remedy.id].objection(proof)
            yield replace(remedy, proof=proof if isinstance(proof, Proof) else None, why=why)


def _attempt(remedy: Remedy, planned: Mapping[str, Planned], bench: Bench) -> Experiment:
    """The fixes of its findings, and stand-ins for what archlint cannot fix."""
    members = {one.fingerprint: one for one in remedy.members}
    fixes = tuple(planned[name] for name in members if name in planned)
    rest = [one for name, one in members.items() if name not in planned]
    return Experiment(frozenset(members), fixes, tuple(stand_ins(bench.loaded, bench.report, rest)))
