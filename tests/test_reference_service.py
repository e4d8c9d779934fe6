"""The reference service meets every obligation, and each edit of it breaks exactly what it says."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from archlint.engine import check
from archlint.loading import Base, compared, load
from archlint.results import Report
from archlint.standard import bundled_standard
from archlint.verdicts import Conformance, Verdict, judge
from tests.reference_edits import BREAKS, TOGETHER, Break, Edit, Move

SERVICE = Path(__file__).parent.parent / "fixtures" / "reference-service"
COMPARING = frozenset({"BA0803", "BA0804"})
"""The rules that compare with an earlier state."""


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The service in a git checkout of its own."""
    root = tmp_path_factory.mktemp("reference") / "service"
    shutil.copytree(SERVICE, root, ignore=shutil.ignore_patterns(".venv", "__pycache__", ".*_cache"))
    for command in (["init", "--quiet"], ["add", "--all"]):
        subprocess.run(["git", *command], cwd=root, check=True)
    return root


@pytest.fixture(scope="session")
def report(reference: Path) -> Report:
    """What all rules say of it."""
    return check(load([reference]))


def test_every_clause_that_applies_is_met(report: Report) -> None:
    (conformance,) = judge(report)
    rulings = [r for r in conformance.rulings if r.verdict not in {Verdict.MET, Verdict.NOT_APPLICABLE}]
    assert [(ruling.clause.id, ruling.verdict, ruling.reasons) for ruling in rulings] == []
    assert conformance.totals[Verdict.MET] >= 73


def test_every_piece_of_evidence_is_a_line_that_a_reader_finds(report: Report, reference: Path) -> None:
    (conformance,) = judge(report)
    places = {p for ruling in conformance.rulings for one in ruling.evidence for p in one.places}
    lines = {file: (reference / file).read_text().splitlines() for file in {place.file for place in places}}
    assert {str(place) for place in places if place.line > max(1, len(lines[place.file]))} == set()


def test_every_rule_says_something_of_it(report: Report) -> None:
    spoke = {code for (_, code), outcome in report.outcomes.items() if outcome.met or outcome.not_applicable}
    said = spoke | {f.code for f in report.findings} | {u.page.code for u in report.unknowns}
    assert {page.code for page in report.pages} - said == set()


def test_there_is_an_edit_for_every_obligation_and_it_alone() -> None:
    alone = {clauses[0] for one in BREAKS if len(clauses := _clauses(one.clauses)) == 1}
    together = {clause for clauses in TOGETHER for clause in _clauses(clauses)}
    obligations = {c.id for c in bundled_standard().spec.clauses if c.keyword == "SHALL"}
    assert alone | together == obligations
    assert alone & together == set()
    assert together <= {clause for one in BREAKS for clause in _clauses(one.clauses)}


@pytest.mark.slow
@pytest.mark.parametrize("one", BREAKS, ids=lambda one: f"{one.rule} {one.clauses}")
def test_an_edit_breaks_these_clauses_and_no_other(one: Break, reference: Path, tmp_path: Path) -> None:
    root = tmp_path / "service"
    shutil.copytree(reference, root)
    for change in one.edits:
        _apply(change, root)
    loaded = load([root])
    before = load([reference])
    base = Base(before.repository, before.targets, lambda: before)
    report = check(compared(loaded, base) if one.rule in COMPARING else loaded)
    (conformance,) = judge(report)
    assert {finding.code for finding in report.findings if finding.severity == "error"} == {one.rule}
    assert _broken(conformance) == set(_clauses(one.clauses))


def _clauses(words: str) -> list[str]:
    """`1.1.1` is BA01.1.1."""
    numbers = (number.split(".") for number in words.split())
    return [f"BA{int(first):02}.{'.'.join(rest)}" for first, *rest in numbers]


def _broken(conformance: Conformance) -> set[str]:
    return {ruling.clause.id for ruling in conformance.rulings if ruling.verdict is Verdict.BROKEN}


def _apply(change: Edit | Move, root: Path) -> None:
    if isinstance(change, Move):
        _move(change, root)
        return
    paths = sorted(root.glob(change.file)) or [root / change.file]
    for path in paths:
        text = path.read_text() if path.exists() else ""
        if change.old == "*":
            path.unlink()
        elif not change.old:
            path.write_text(text + change.new)
        else:
            path.write_text(text.replace(change.old, change.new))
    assert any(change.new in path.read_text() for path in paths if path.exists()) or change.old == "*"


def _move(change: Move, root: Path) -> None:
    """Move files, and name them anew wherever they are imported."""
    found = [path for path in (root / change.old, root / f"{change.old}.py") if path.exists()]
    for path in found:
        if change.new:
            path.rename(root / f"{change.new}{path.suffix}")
        else:
            shutil.rmtree(path)
    old, new = change.old.replace("/", "."), change.new.replace("/", ".")
    for path in root.rglob("*.py") if new else ():
        path.write_text(path.read_text().replace(old, new))
