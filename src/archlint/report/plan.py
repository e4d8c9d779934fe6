"""The plan: which causes to begin with, for people, for a comment and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from archlint import __version__
from archlint.baseline import NAME
from archlint.findings import Finding
from archlint.fixes.remedies import Ranking, Remedy
from archlint.fixes.trying import Proof, counted_by_rule
from archlint.report.formats import Rendering
from archlint.report.safe import json_text, markdown_code, markdown_text, printable
from archlint.report.styled import Line
from archlint.report.words import arguments, counted

FIRST = 5
"""How many remedies the last line sums up."""
_MUCH = "Proved causes that hold a twentieth of the findings or more, the most findings for each line first:"
_LITTLE = "Smaller ones that are proved, likewise:"
_UNPROVED = "Not proved, the largest first:"
_HELD = " --no-baseline"


def text(ranking: Ranking, how: Rendering, most: int) -> Iterator[Line]:
    """Each remedy with its place, its rules and what trying its edits gave, the large ones first."""
    total = len(ranking.report.findings)
    heading = ""
    for number, remedy in enumerate(ranking.remedies[:most], start=1):
        if heading != (heading := _heading(remedy, total)):
            yield ((heading, "label"),)
            yield ()
        yield (f"{number:>3}. ", "faint"), (_size(remedy), "rule"), (f"  {_rules(remedy.members)}", "")
        place = how.shown(remedy.link.location)
        yield (("     ", ""), (f"{place}: ", "heading"), (printable(remedy.link.text), ""))
        style = "rule" if remedy.is_proved else "faint"
        yield (("     ", ""), (printable(_verdict(remedy, _option(ranking))), style))
        yield ()
    if hidden := ranking.remedies[most:]:
        yield ((_left_out(hidden, len(ranking.remedies)), "faint"),)
    yield ((_sum(ranking), "rule"),)
    if _option(ranking).endswith(_HELD):
        yield ((f"What {NAME} holds is counted here, for this is how it shrinks", "faint"),)


def _left_out(hidden: Sequence[Remedy], all_: int) -> str:
    largest = max(len(one.members) for one in hidden)
    what = f"{counted(len(hidden), 'cause')} not shown, of {counted(largest, 'finding')} at most"
    return f"{what}; `--top {all_}` shows all"


def _heading(remedy: Remedy, total: int) -> str:
    if not remedy.is_proved:
        return _UNPROVED
    return _MUCH if remedy.holds_much(total) else _LITTLE


def markdown(ranking: Ranking, most: int) -> str:
    """A table of the remedies."""
    lines = ["## archlint plan", "", "| | findings | rules | cause | tried |", "|--:|--:|---|---|---|"]
    for number, remedy in enumerate(ranking.remedies[:most], start=1):
        place = markdown_code(f"{remedy.link.location.file}:{remedy.link.location.line}")
        cells = (
            _rules(remedy.members),
            f"{place} {markdown_text(remedy.link.text)}",
            markdown_text(_verdict(remedy, _option(ranking))),
        )
        lines.append(f"| {number} | {len(remedy.members)} | {' | '.join(cells)} |")
    return "\n".join([*lines, "", f"{_sum(ranking)}.", ""])


def document(ranking: Ranking) -> str:
    """JSON; its schema is `schemas/plan.schema.json`, shipped with archlint."""
    return json_text(
        {
            "version": __version__,
            "findings": len(ranking.report.findings),
            "causes": [_remedy(remedy) for remedy in ranking.remedies],
            "first": {"causes": min(FIRST, len(ranking.remedies)), "findings": ranking.share(FIRST)},
        }
    )


def _size(remedy: Remedy) -> str:
    members = frozenset(one.fingerprint for one in remedy.members)
    if remedy.proof is None or not remedy.is_proved:
        return counted(len(members), "finding")
    goes = sum(one.fingerprint in members for one in remedy.proof.gone)
    of = counted(len(members), "finding") if goes == len(members) else f"{goes} of {len(members)} findings"
    return of if remedy.proof.stand_in else f"{of}, {counted(remedy.proof.lines, 'line')}"


def _rules(members: Iterable[Finding]) -> str:
    counts = Counter(finding.code for finding in members)
    return ", ".join(f"{code} {count}" for code, count in counts.most_common())


def _verdict(remedy: Remedy, option: str) -> str:
    proof = remedy.proof
    if proof is None or not remedy.is_proved:
        return f"not proved: {remedy.why}"
    if proof.stand_in:
        return f"proved on a copy: {_goes(proof)} with {proof.stand_in}; to be written by hand"
    return f"proved: {_goes(proof)}; {_command(remedy, proof, option)}"


def _goes(proof: Proof) -> str:
    count = len(proof.gone)
    goes = f"{counted(count, 'finding')} {'goes' if count == 1 else 'go'}"
    if not proof.came:
        return f"{goes}, none comes"
    verb = "comes" if len(proof.came) == 1 else "come"
    return f"{goes}, {len(proof.came)} {verb} ({counted_by_rule(proof.came)})"


def _command(remedy: Remedy, proof: Proof, option: str) -> str:
    """What makes the edits, and why to look at them first."""
    rules = ",".join(sorted({one.code for one in proof.gone} & {one.code for one in remedy.members}))
    if proof.unsafe:
        return (
            f"`archlint check{option} --diff --unsafe-fixes --select {rules}` shows the edits: {proof.unsafe}"
        )
    return f"`archlint check{option} --fix --select {rules}` makes the edits"


def _option(ranking: Ranking) -> str:
    """What lets `check` speak of the same paths, and of findings that a baseline holds."""
    files = ranking.report.repository.files
    held = _HELD if any(file.endswith(NAME) for file in files) else ""
    return arguments(ranking.paths) + held


def _sum(ranking: Ranking) -> str:
    total, first = len(ranking.report.findings), min(FIRST, len(ranking.remedies))
    if not total:
        return "No violations"
    if not first:
        return f"{counted(total, 'finding')}, and none has a cause in common with another"
    share = ranking.share(FIRST)
    causes = f"The first {first} causes account" if first > 1 else "The first cause accounts"
    return f"{causes} for {share} of {counted(total, 'finding')} ({100 * share // total} %)"


def _remedy(remedy: Remedy) -> dict[str, object]:
    place, proof = remedy.link.location, remedy.proof
    return {
        "id": remedy.id,
        "text": remedy.link.text,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "rules": dict(Counter(finding.code for finding in remedy.members).most_common()),
        "findings": [finding.fingerprint for finding in remedy.members],
        "proved": remedy.is_proved,
        "why": remedy.why,
        "tried": None if proof is None else _proof(proof),
    }


def _proof(proof: Proof) -> dict[str, object]:
    return {
        "gone": [finding.fingerprint for finding in proof.gone],
        "came": [finding.fingerprint for finding in proof.came],
        "lines": proof.lines,
        "files": list(proof.files),
        "unsafe": proof.unsafe,
        "stand_in": proof.stand_in,
    }
