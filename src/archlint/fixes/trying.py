"""Tries edits on a copy in memory: which findings go, and which come.

Edits that only add are tried at once, for a trial is a run of all rules; what fails is tried by itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from difflib import SequenceMatcher
from functools import partial

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from archlint.engine import check
from archlint.findings import ArchlintError, Finding
from archlint.fixes.carrying_out import Changes, FileChange, changes
from archlint.fixes.edits import Append, Replace
from archlint.fixes.moved_findings import gone_and_came
from archlint.fixes.planning import Planned, edits_for
from archlint.fixes.side_by_side import worked_on
from archlint.loading import Loaded, Request, load_from
from archlint.overlay import overlaid
from archlint.results import Report

MORE_ROUNDS = 2
"""How often the edits for what comes are made as well, as for queries that have to be awaited now."""
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


class Experiment(Struct, frozen=True):
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

    @property
    def only_adds(self) -> bool:
        """Whether nothing that stands there is changed, so that it can be tried beside others."""
        edits = (edit for one in self.planned for _, edit in one.plan.edits)
        return all(
            isinstance(edit, Append) or (isinstance(edit, Replace) and not edit.before) for edit in edits
        )

    def without(self, spoilt: frozenset[tuple[str, str]]) -> Experiment:
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
        if len(proof.came) >= own:
            return f"the edits that archlint knows take {own} away and bring {counted_by_rule(proof.came)}"
        return ""


class Bench(Struct, frozen=True):
    """Where attempts are tried: the services, and what is reported of them before."""

    loaded: Loaded
    report: Report
    request: Request

    def tried(self, attempts: Sequence[Experiment]) -> list[Proof | str]:
        """What each attempt does, or why it cannot be tried; if findings come, without what brings them."""
        batches = _batches(attempts)
        tasks = [partial(self._each, [attempts[number] for number in batch]) for batch in batches]
        found: dict[int, Proof | str] = {}
        for batch, proofs in zip(batches, worked_on(tasks, _PROOFS), strict=True):
            found.update(zip(batch, proofs, strict=True))
        return [found[number] for number in range(len(attempts))]

    def _each(self, attempts: Sequence[Experiment]) -> list[Proof | str]:
        """What each does, tried together, and by itself where that proves nothing."""
        together = self._together(attempts)
        return [
            one if not attempt.objection(one) else self._again(attempt, one if len(attempts) == 1 else None)
            for attempt, one in zip(attempts, together, strict=True)
        ]

    def _again(self, attempt: Experiment, alone: Proof | str | None) -> Proof | str:
        """By itself, and once more without the edits in functions in which findings come."""
        first = self._together([attempt])[0] if alone is None else alone
        if isinstance(first, Proof) and first.came and not attempt.stand_ins:
            rest = attempt.without(frozenset((one.location.file, one.symbol) for one in first.came))
            if 0 < len(rest.planned) < len(attempt.planned):
                (second,) = self._together([rest])
                if not attempt.objection(second):
                    return second
        return first

    def _together(self, attempts: Sequence[Experiment]) -> list[Proof | str]:
        """What each of the attempts does when all are made, or why none can be.

        Findings are told apart by fingerprints, which lines that move do not change. What comes outside of
        all files that are edited may be of any of the attempts, so it counts against each.
        """
        made = changes(self.loaded.repository, [one for attempt in attempts for one in attempt.planned])
        if not made.files:
            return ["; ".join(sorted(set(made.problems.values()))) or NO_EDIT for _ in attempts]
        rounds = MORE_ROUNDS if len(attempts) == 1 and attempts[0].stand_ins else 0
        try:
            after, in_turn = self._after({change.file: change.after for change in made.files}, rounds)
        except ArchlintError as error:
            return [str(error) for _ in attempts]
        gone, came = gone_and_came(self.report, after)
        if len(attempts) == 1:
            return [_proof(attempts[0], made, gone, came, in_turn)]
        changed = [{*attempt.files, *attempt.added} for attempt in attempts]
        edited = frozenset[str]().union(*changed)
        return [
            _proof(
                attempt,
                made,
                [one for one in gone if one.fingerprint in attempt.members],
                [one for one in came if one.location.file in own or one.location.file not in edited],
            )
            for attempt, own in zip(attempts, changed, strict=True)
        ]

    def _after(self, contents: dict[str, bytes], rounds: int) -> tuple[Report, int]:
        """The report with these contents, edited in so many places for what comes if that helps.

        Raises ArchlintError.
        """
        paths = [self.loaded.repository.root / service.root for service in self.loaded.services]
        file, standard = self.request.config_file, self.request.standard
        loaded = load_from(overlaid(self.loaded.repository, contents), paths, file, standard)
        report = check(replace(loaded, targets=self.loaded.targets), self.request)
        known = {one.fingerprint for one in self.report.findings}
        came = [one for one in report.findings if one.fingerprint not in known]
        others = {*loaded.repository.files} - contents.keys() - {one.location.file for one in came}
        in_turn = edits_for(loaded, report, came) if rounds else ()
        planned = [one for one in in_turn if others.isdisjoint(file for file, _ in one.plan.edits)]
        made = changes(loaded.repository, planned) if planned else None
        if made is None or not made.files:
            return report, 0
        edited = contents | {change.file: change.after for change in made.files}
        after, more = self._after(edited, rounds - 1)
        if len(after.findings) > len(report.findings):
            return report, 0
        return after, _places(made.done) + more


_PROOFS = msgspec.msgpack.Decoder(list[Proof | str])


def counted_by_rule(findings: Iterable[Finding]) -> str:
    """How many of each rule, the most first: `BA0606 3, BA0102 1`."""
    return ", ".join(f"{code} {n}" for code, n in Counter(one.code for one in findings).most_common())


def _batches(attempts: Sequence[Experiment]) -> list[list[int]]:
    """The numbers of the attempts, those together that only add to files."""
    adding = [number for number, attempt in enumerate(attempts) if attempt.only_adds]
    others = [[number] for number, attempt in enumerate(attempts) if not attempt.only_adds]
    return [adding, *others] if adding else others


def _proof(
    attempt: Experiment, made: Changes, gone: Iterable[Finding], came: Iterable[Finding], in_turn: int = 0
) -> Proof:
    done = set(map(id, made.done))
    unsafe = dict.fromkeys(one.plan.why for one in attempt.fixes if id(one) in done and one.plan.why)
    stood_in = dict.fromkeys(one.plan.why for one in attempt.stand_ins if id(one) in done)
    files = tuple(sorted({*attempt.files, *attempt.added} & {change.file for change in made.files}))
    lines = _lines(attempt, made) + in_turn
    return Proof(tuple(gone), tuple(came), lines, files, "; ".join(unsafe), "; ".join(stood_in))


def _lines(attempt: Experiment, made: Changes) -> int:
    """How many lines the fixes touch; with stand-ins, in how many places something has to be written."""
    if attempt.stand_ins:
        done = set(map(id, made.done))
        return _places(one for one in attempt.planned if id(one) in done)
    return max(sum(_changed(change) for change in made.files if change.file in attempt.files), 1)


def _places(planned: Iterable[Planned]) -> int:
    """The places that are edited, each once, and what is only added, such as a test."""
    found = tuple(planned)
    inside = {one for each in found for one in each.plan.edits if not isinstance(one[1], Append)}
    added = [one for one in found if all(isinstance(edit, Append) for _, edit in one.plan.edits)]
    return len(inside) + len(added)


def _changed(change: FileChange) -> int:
    old, new = change.before.split(b"\n"), change.after.split(b"\n")
    codes = SequenceMatcher(None, old, new, autojunk=False).get_opcodes()
    return sum(max(end - start, last - first) for kind, start, end, first, last in codes if kind != "equal")
