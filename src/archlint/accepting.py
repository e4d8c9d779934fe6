"""What becomes of the baselines of services: begun, shrunk, or added to with a reason."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import Struct
from msgspec.structs import replace

from archlint.baseline import NAME, Baseline, Entry, entry_of, path_in, read_baselines
from archlint.committed import repository_at
from archlint.engine import run
from archlint.findings import ArchlintError, Finding
from archlint.loading import Progress, Request
from archlint.results import Report


class BaselineRequest(Struct, frozen=True):
    """What to do to a baseline that is there, and the commit to compare it with."""

    prune: bool = False
    add: str | None = None
    owner: str = ""
    until: date | None = None
    against: str | None = None


class Accepted(Struct, frozen=True, dict=True):
    """What a service's baseline holds, and what was done to it.

    `new` findings are not in it, `stale` entries nobody meets, `before` were in it at the commit `against`.
    It is to be written to `place` if it has `changed`.
    """

    path: str
    entries: tuple[Entry, ...]
    by_requirement: Mapping[str, int]
    by_rule: Mapping[str, int]
    changed: bool = False
    added: int = 0
    pruned: int = 0
    moved: int = 0
    new: int = 0
    stale: int = 0
    before: int | None = None
    against: str = ""
    place: str = ""


def accept(
    request: Request, wanted: BaselineRequest, progress: Progress = lambda stage: None
) -> list[Accepted]:
    """The baselines as they should be: new where none is there, else with what is wanted done.

    Raises ArchlintError.
    """
    report = run(request, progress)
    if report.failures:
        broken = report.failures[0]
        raise ArchlintError(
            f"{broken.page.code} broke on {broken.service} ({broken.error}), so no baseline can be complete"
        )
    there = {baseline.path: baseline for baseline in report.baselines}
    if wanted.prune and report.services and not there:
        raise ArchlintError(f"no {NAME} is there to prune; `archlint baseline` writes one")
    before = _before(report, wanted.against)
    done = []
    roots = [root for root in report.services if path_in(root) in there or not wanted.prune]
    for path, root in ((path_in(root), root) for root in roots):
        new = [f for f in report.findings if f.service == root and f.location.file not in there]
        one = _new(path, new, wanted) if path not in there else _changed(there[path], new, wanted)
        known = None if wanted.against is None else len(before.get(path, ()))
        place = str(report.repository.root / path)
        done.append(_counted(replace(one, place=place, before=known, against=wanted.against or ""), report))
    return done


def _before(report: Report, ref: str | None) -> dict[str, tuple[Entry, ...]]:
    if ref is None:
        return {}
    earlier = read_baselines(repository_at(report.repository.root, ref))
    return {baseline.path: baseline.entries for baseline in earlier}


def _new(path: str, findings: Iterable[Finding], wanted: BaselineRequest) -> Accepted:
    entries = tuple(entry_of(one, wanted.add or "", wanted.owner, wanted.until) for one in findings)
    return Accepted(path, entries, {}, {}, changed=True, added=len(entries))


def _changed(baseline: Baseline, new: list[Finding], wanted: BaselineRequest) -> Accepted:
    stale = {entry.fingerprint for entry in baseline.stale}
    entries, pruned, moved, added = list(baseline.entries), 0, 0, 0
    if wanted.prune:
        kept = [entry for entry in entries if entry.fingerprint not in stale]
        pruned, entries = len(entries) - len(kept), [_renamed(entry, baseline) for entry in kept]
        moved = sum(one != other for one, other in zip(kept, entries, strict=True))
    if wanted.add is not None:
        again = {finding.fingerprint for finding in new}
        entries = [entry for entry in entries if entry.fingerprint not in again]
        entries += [entry_of(finding, wanted.add, wanted.owner, wanted.until) for finding in new]
        added = len(new)
    return Accepted(
        baseline.path,
        tuple(entries),
        {},
        {},
        changed=bool(pruned or moved or added),
        added=added,
        pruned=pruned,
        moved=moved,
        new=len(new) - added,
        stale=0 if wanted.prune else len(stale),
    )


def _renamed(entry: Entry, baseline: Baseline) -> Entry:
    """The entry as it is met now: under its file's new name."""
    finding = baseline.met.get(entry.fingerprint)
    if finding is None or finding.fingerprint == entry.fingerprint:
        return entry
    return entry_of(finding, entry.reason, entry.owner, entry.until)


def _counted(one: Accepted, report: Report) -> Accepted:
    """With the totals by rule and by requirement, the most first."""
    requirements = {page.code: page.requirement for page in report.standard.pages}
    rules = Counter(entry.rule for entry in one.entries)
    by_requirement: Counter[str] = Counter()
    for code, count in rules.items():
        by_requirement[requirements.get(code, code)] += count
    return replace(one, by_requirement=_ranked(by_requirement), by_rule=_ranked(rules))


def _ranked(counts: Counter[str]) -> dict[str, int]:
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0])))
