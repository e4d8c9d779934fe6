"""Tries edits on a copy in memory: which findings go, and which come.

Edits of different files are tried at once, for a trial is a run of all rules; what fails is tried by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from msgspec import Struct
from msgspec.structs import replace

from archlint.engine import check
from archlint.findings import ArchlintError, Finding
from archlint.fixes.carrying_out import Changes, changes
from archlint.fixes.edits import Append
from archlint.fixes.planning import Planned
from archlint.loading import Loaded, Request, load_from
from archlint.overlay import overlaid
from archlint.results import Report

NO_EDIT = "archlint has no edit for it"


class Proof(Struct, frozen=True):
    """What trying the edits gave: which of the findings `gone` and `came`, by changing `lines` of `files`."""

    gone: tuple[Finding, ...]
    came: tuple[Finding, ...]
    lines: int
    files: tuple[str, ...]
    unsafe: str = ""
    """Why nobody should do it without looking, if so."""
    stand_in: str = ""
    """What stood in for that which only a person can write; empty where archlint makes all of the edits."""


class Attempt(Struct, frozen=True):
    """What is tried for the findings with the fingerprints `members`: fixes, and stand-ins for the rest."""

    members: frozenset[str]
    fixes: tuple[Planned, ...] = ()
    stand_ins: tuple[Planned, ...] = ()

    @property
    def planned(self) -> tuple[Planned, ...]:
        """All that is tried."""
        return (*self.fixes, *self.stand_ins)

    @property
    def files(self) -> frozenset[str]:
        """The files that it changes, but for those that it only adds to, as others may."""
        edits = (edit for one in self.planned for edit in one.plan.edits)
        return frozenset(file for file, edit in edits if not isinstance(edit, Append))

    @property
    def added(self) -> Mapping[str, str]:
        """What it adds to the ends of files."""
        edits = dict.fromkeys(edit for one in self.planned for edit in one.plan.edits)
        added: dict[str, str] = {}
        for file, edit in edits:
            if isinstance(edit, Append):
                added[file] = added.get(file, "") + edit.text
        return added

    def without(self, spoilt: frozenset[tuple[str, str]]) -> Attempt:
        """The same without the edits for findings in these symbols of files."""

        def kept(planned: Iterable[Planned]) -> tuple[Planned, ...]:
            return tuple(
                one for one in planned if (one.finding.location.file, one.finding.symbol) not in spoilt
            )

        return replace(self, fixes=kept(self.fixes), stand_ins=kept(self.stand_ins))

    def objection(self, proof: Proof | str) -> str:
        """Why that does not prove that its edits take its findings away; empty where it does."""
        if isinstance(proof, str):
            return proof
        own = sum(one.fingerprint in self.members for one in proof.gone)
        if not own:
            return "the edits that archlint knows take none of them away"
        if proof.came:
            rules = ", ".join(dict.fromkeys(one.code for one in proof.came))
            return f"the edits that archlint knows take {own} away and bring {len(proof.came)} ({rules})"
        return ""


class Bench(Struct, frozen=True):
    """Where attempts are tried: the services, and what is reported of them before."""

    loaded: Loaded
    report: Report
    request: Request

    def tried(self, attempts: Sequence[Attempt]) -> list[Proof | str]:
        """What each attempt does, or why it cannot be tried; if findings come, without what brings them."""
        found: dict[int, Proof | str] = {}
        for batch in _batches(attempts):
            together = self._together([attempts[number] for number in batch])
            for number, proof in zip(batch, together, strict=True):
                alone = proof if len(batch) == 1 else None
                is_proved = not attempts[number].objection(proof)
                found[number] = proof if is_proved else self._again(attempts[number], alone)
        return [found[number] for number in range(len(attempts))]

    def _again(self, attempt: Attempt, alone: Proof | str | None) -> Proof | str:
        """By itself, and once more without the edits in functions in which findings come."""
        first = self._together([attempt])[0] if alone is None else alone
        if isinstance(first, Proof) and first.came:
            rest = attempt.without(frozenset((one.location.file, one.symbol) for one in first.came))
            if 0 < len(rest.planned) < len(attempt.planned):
                (second,) = self._together([rest])
                if not attempt.objection(second):
                    return second
        return first

    def _together(self, attempts: Sequence[Attempt]) -> list[Proof | str]:
        """What each of the attempts does when all are made, or why none can be.

        Findings are told apart by fingerprints, which lines that move do not change. What comes outside of
        all files that are edited may be of any of the attempts, so it counts against each.
        """
        made = changes(self.loaded.repository, [one for attempt in attempts for one in attempt.planned])
        if not made.files:
            return ["; ".join(sorted(set(made.problems.values()))) or NO_EDIT for _ in attempts]
        try:
            after = self._checked({change.file: change.after for change in made.files})
        except ArchlintError as error:
            return [str(error) for _ in attempts]
        old, new = ({one.fingerprint: one for one in report.findings} for report in (self.report, after))
        gone = [one for name, one in old.items() if name not in new]
        came = [one for name, one in new.items() if name not in old]
        if len(attempts) == 1:
            return [_proof(attempts[0], made, gone, came)]
        edited = {file for attempt in attempts for file in attempt.files}
        return [
            _proof(
                attempt,
                made,
                [one for one in gone if one.fingerprint in attempt.members],
                [one for one in came if one.location.file not in edited - attempt.files],
            )
            for attempt in attempts
        ]

    def _checked(self, contents: Mapping[str, bytes]) -> Report:
        """The report on the files with these contents. Raises ArchlintError."""
        paths = [self.loaded.repository.root / service.root for service in self.loaded.services]
        instead = load_from(
            overlaid(self.loaded.repository, contents), paths, self.request.config_file, self.request.standard
        )
        return check(replace(instead, targets=self.loaded.targets), self.request)


def _batches(attempts: Sequence[Attempt]) -> list[list[int]]:
    """The numbers of the attempts, those together that change no file in common."""
    batches: list[tuple[list[int], set[str]]] = []
    for number, attempt in enumerate(attempts):
        for numbers, files in batches:
            if files.isdisjoint(attempt.files):
                numbers.append(number)
                files.update(attempt.files)
                break
        else:
            batches.append(([number], set(attempt.files)))
    return [numbers for numbers, _ in batches]


def _proof(attempt: Attempt, made: Changes, gone: Iterable[Finding], came: Iterable[Finding]) -> Proof:
    done = set(map(id, made.done))
    plans = [(one, one.plan.why) for one in attempt.planned if id(one) in done]
    unsafe = dict.fromkeys(why for one, why in plans if one in attempt.fixes and why)
    stood_in = dict.fromkeys(why for one, why in plans if one in attempt.stand_ins)
    files = tuple(sorted({*attempt.files, *attempt.added} & {change.file for change in made.files}))
    return Proof(
        tuple(gone), tuple(came), _lines(attempt, made), files, "; ".join(unsafe), "; ".join(stood_in)
    )


def _lines(attempt: Attempt, made: Changes) -> int:
    """How many lines somebody has to touch: one that only moves, or is a copy of another, is none."""
    old: Counter[bytes] = Counter()
    new: Counter[bytes] = Counter(_stripped("".join(attempt.added.values()).encode()))
    for change in made.files:
        if change.file in attempt.files:
            old.update(_stripped(change.before))
            new.update(_stripped(change.after))
    added = sum(count for line, count in (new - old).items() if line not in old)
    return max(added, (old - new).total(), 1)


def _stripped(content: bytes) -> Iterable[bytes]:
    return filter(None, map(bytes.strip, content.splitlines()))
