"""A clause's verdict: what does not make it met comes first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from archlint.engine import run
from archlint.findings import Hit, Location, Met, NotApplicable, Said, Severity, Unknown
from archlint.loading import Request
from archlint.results import Report
from archlint.service.model import Service
from archlint.spec import Clause, Requirement, Scenario, Spec
from archlint.verdicts import Ruling, Verdict, judge
from tests.cli.command_line import write
from tests.example_pages import page, standard

PLACE, OTHER = Location("app/main.py", 1), Location("app/main.py", 2)
WORDS: dict[str, Any] = {"message": "wrong", "help": "mend", "clauses": ("ACME01.1.1",)}
EVIDENCE = "{met} of {all} names are good"
FILES = {"app/main.py": "from fastapi import FastAPI\napp = FastAPI()  # archlint: ignore[ACME0102] old\n"}
HIT, WARNING = Hit(PLACE), Hit(PLACE, severity=Severity.WARNING)
UNKNOWN = Unknown("it", PLACE, "it is computed")
NOTHING = NotApplicable("it has no names")


def judged(root: Path, first: list[Said], second: list[Said], config: str = "") -> Ruling:
    """The verdict on the clause of two rules, which say this of the service."""

    def says(said: list[Said]) -> Any:
        def check(service: Service) -> Iterator[Said]:
            yield from said

        return check

    pages = [
        replace(page(code, name, "naming", **WORDS), evidence=EVIDENCE)
        for code, name in (("ACME0101", "first-rule"), ("ACME0102", "second-rule"))
    ]
    rules = {"ACME0101": says(first), "ACME0102": says(second)}
    write(root, FILES | ({"archlint.toml": config} if config else {}))
    clause = Clause("ACME01.1.1", "SHALL", "Names are good", "0" * 64)
    requirement = Requirement("ACME01", "naming", "Names", (Scenario("ACME01.1", "Naming", (clause,)),))
    spec = Spec("ACME", (), (requirement,))
    report: Report = run(Request((root,), standard=standard(tuple(pages), rules, spec)))
    assert report.failures == ()
    (conformance,) = judge(report)
    return conformance.rulings[0]


@pytest.mark.parametrize(
    ("second", "reason"),
    [
        ([], "ACME0102 second-rule could prove nothing"),
        ([UNKNOWN], "1 place could not be decided"),
        ([Met(OTHER), UNKNOWN], "1 place could not be decided"),
        ([Met(OTHER), WARNING], "1 warning"),
    ],
)
def test_what_is_not_proven_is_unknown(tmp_path: Path, second: list[Said], reason: str) -> None:
    ruling = judged(tmp_path, [Met(PLACE)], second)
    assert ruling.verdict is Verdict.UNKNOWN
    assert reason in ruling.reasons


def test_an_error_breaks_it_whatever_else_was_found(tmp_path: Path) -> None:
    ruling = judged(tmp_path, [Met(PLACE)], [HIT, UNKNOWN, Met(OTHER)])
    assert (ruling.verdict, len(ruling.findings)) == (Verdict.BROKEN, 1)


def test_a_suppressed_error_is_excused_with_its_reason(tmp_path: Path) -> None:
    ruling = judged(tmp_path, [Met(PLACE)], [Hit(OTHER)])
    assert ruling.verdict is Verdict.EXCUSED
    assert [one.reason for one in ruling.excused] == ["old"]


def test_a_rule_that_is_left_out_is_excused_not_met(tmp_path: Path) -> None:
    ruling = judged(tmp_path, [Met(PLACE)], [HIT], 'ignore = ["ACME0102"]\n')
    assert ruling.verdict is Verdict.EXCUSED
    assert "ACME0102" in ruling.reasons[0]


@pytest.mark.parametrize("second", [[Met(OTHER)], [NOTHING]])
def test_evidence_of_each_rule_that_applies_makes_it_met(tmp_path: Path, second: list[Said]) -> None:
    ruling = judged(tmp_path, [Met(PLACE), Met(OTHER), Met(OTHER)], second)
    assert ruling.verdict is Verdict.MET
    assert ruling.evidence[0].text == "2 of 2 names are good"
    assert ruling.evidence[0].places == (PLACE, OTHER)


def test_what_has_nothing_to_judge_does_not_apply(tmp_path: Path) -> None:
    ruling = judged(tmp_path, [NOTHING], [NOTHING])
    assert (ruling.verdict, ruling.reasons) == (Verdict.NOT_APPLICABLE, ("it has no names",))


def test_what_is_evidence_for_other_clauses_proves_nothing(tmp_path: Path) -> None:
    other = Met(PLACE, ("ACME01.1.2",))
    assert judged(tmp_path, [other], [NOTHING]).verdict is Verdict.NOT_APPLICABLE
    assert judged(tmp_path, [other, Met(OTHER, ("ACME01.1.1",))], [NOTHING]).evidence[0].places == (OTHER,)


def test_what_one_finding_says_of_a_place_breaks_the_clauses_of_all_kinds_of_calls(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "app/main.py": """\
                from fastapi import FastAPI

                from app.notes import note

                app = FastAPI()


                @app.get("/notes")
                async def notes() -> None:
                    note()
                """,
            "app/notes.py": """\
                import time
                from pathlib import Path


                def note() -> None:
                    time.sleep(1)
                    Path("notes.txt").write_text("")
                """,
        },
    )
    (conformance,) = judge(run(Request((tmp_path,))))
    broken = {r.clause.id: [f.code for f in r.findings] for r in conformance.rulings if r.findings}
    assert broken["BA06.2.3"] == broken["BA01.2.2"] == ["BA0606"]


def test_evidence_counts_what_was_broken_too(tmp_path: Path) -> None:
    ruling = judged(tmp_path, [Met(OTHER), HIT], [Met(PLACE)])
    assert ruling.evidence[0].text == "1 of 2 names are good"
