"""`archlint plan`: what takes most findings away, and the proof, by trying it on a copy in memory.

A remedy is a cause with the fixes of its findings, or all fixes of one rule that have no cause in common.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

from msgspec import Struct
from msgspec.structs import replace

from archlint.causes import causes
from archlint.engine import check
from archlint.findings import ArchlintError, Finding, Link, Location
from archlint.fixes.carrying_out import FileChange, changes
from archlint.fixes.planning import Planned, plans
from archlint.loading import Loaded, Progress, Request, load_from, prepare
from archlint.overlay import overlaid
from archlint.results import Report

MOST_PROOFS = 10
"""Each is a run of all rules."""
NO_EDIT = "archlint has no edit for it"


class Proof(Struct, frozen=True):
    """What trying the edits gave: which of the findings `gone` and `came`, by changing `lines` of `files`."""

    gone: tuple[Finding, ...]
    came: tuple[Finding, ...]
    lines: int
    files: tuple[str, ...]
    unsafe: str = ""
    """Why nobody should do it without looking, if so."""


class Remedy(Struct, frozen=True):
    """Where to begin with `members`. `why` says why it is not proved; empty where `proof` proves it."""

    id: str
    link: Link
    members: tuple[Finding, ...]
    proof: Proof | None = None
    why: str = NO_EDIT

    @property
    def is_proved(self) -> bool:
        """Whether the edits take findings away and bring none."""
        return not self.why

    @property
    def rank(self) -> tuple[float, int, Location]:
        """Most findings for a line first; of what is not proved, no more than the one place is known."""
        goes, lines = len(self.members), 1
        if self.proof is not None and self.is_proved:
            goes, lines = len(self.proof.gone), self.proof.lines
        return (-goes / lines, -goes, self.link.location)


class Ranking(Struct, frozen=True):
    """The report that it is about, and the remedies, best first."""

    report: Report
    remedies: tuple[Remedy, ...]

    def share(self, first: int) -> int:
        """How many findings the first remedies account for."""
        return len({one.fingerprint for remedy in self.remedies[:first] for one in remedy.members})


def ranking(request: Request, progress: Progress = lambda stage: None) -> Ranking:
    """The remedies of what `request` is about, the baselines' findings included. Raises ArchlintError."""
    loaded = prepare(request, progress)
    report = check(loaded, request, progress)
    planned = list(plans(loaded, report))
    found = sorted(_remedies(report, planned), key=lambda one: -len(one.members))
    tried: list[Remedy] = []
    left = MOST_PROOFS
    for number, remedy in enumerate(found, start=1):
        progress(f"trying the edits of cause {number} of {len(found)}")
        own = _of(remedy, planned)
        tried.append(_tried(remedy, own, loaded, report, request) if own and left else remedy)
        left -= bool(own) and left > 0
    return Ranking(report, tuple(sorted(tried, key=lambda one: one.rank)))


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
        said = f"what the fix of {code} {members[0].rule} takes away"
        yield Remedy(code, Link(members[0].location, said), tuple(members))


def _unfixable(report: Report, members: Iterable[Finding]) -> str:
    """Why there is no edit, as the page of the rule says that most of them are of."""
    (code, _), *_ = Counter(one.code for one in members).most_common()
    why = next((page.unfixable for page in report.standard.pages if page.code == code), "")
    return f"{NO_EDIT}: {why}" if why else NO_EDIT


def _of(remedy: Remedy, planned: Sequence[Planned]) -> list[Planned]:
    members = {one.fingerprint for one in remedy.members}
    return [one for one in planned if one.finding.fingerprint in members]


def _tried(
    remedy: Remedy, planned: Sequence[Planned], loaded: Loaded, report: Report, request: Request
) -> Remedy:
    """The remedy with what its edits do to the report; once more without those that bring findings."""
    members = frozenset(one.fingerprint for one in remedy.members)
    first = proof = _proof(planned, loaded, report, request)
    if isinstance(proof, Proof) and proof.came:
        spoilt = {(one.location.file, one.symbol) for one in proof.came}
        kept = [one for one in planned if (one.finding.location.file, one.finding.symbol) not in spoilt]
        proof = _proof(kept, loaded, report, request) if 0 < len(kept) < len(planned) else proof
    if isinstance(proof, Proof) and not (why := _objection(members, proof)):
        return replace(remedy, proof=proof, why="")
    why = _objection(members, first) if isinstance(first, Proof) else first
    return replace(remedy, proof=first if isinstance(first, Proof) else None, why=why)


def _proof(planned: Sequence[Planned], loaded: Loaded, before: Report, request: Request) -> Proof | str:
    """What the edits do, or why they cannot be tried.

    Findings are told apart by fingerprints, which lines that move do not change.
    """
    made = changes(loaded.repository, planned)
    if not made.files:
        return "; ".join(sorted(set(made.problems.values()))) or NO_EDIT
    contents = {change.file: change.after for change in made.files}
    try:
        tried = overlaid(loaded.repository, contents)
        paths = [loaded.repository.root / service.root for service in loaded.services]
        instead = load_from(tried, paths, request.config_file, request.standard)
        after = check(replace(instead, targets=loaded.targets), request)
    except ArchlintError as error:
        return str(error)
    old, new = ({one.fingerprint: one for one in report.findings} for report in (before, after))
    return Proof(
        tuple(one for name, one in old.items() if name not in new),
        tuple(one for name, one in new.items() if name not in old),
        sum(map(_lines, made.files)),
        tuple(change.file for change in made.files),
        "; ".join(dict.fromkeys(one.plan.why for one in made.done if not one.plan.safe)),
    )


def _lines(change: FileChange) -> int:
    old, new = change.before.split(b"\n"), change.after.split(b"\n")
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(end - start, last - first) for kind, start, end, first, last in codes if kind != "equal")


def _objection(members: frozenset[str], proof: Proof) -> str:
    """Why the edits do not prove it."""
    own = sum(one.fingerprint in members for one in proof.gone)
    if not own:
        return "the edits that archlint knows take none of them away"
    if proof.came:
        rules = ", ".join(dict.fromkeys(one.code for one in proof.came))
        return f"the edits that archlint knows take {own} away and bring {len(proof.came)} ({rules})"
    return ""
