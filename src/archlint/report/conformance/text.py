"""The conformance report for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap

from archlint.report.conformance.formats import ConformanceView
from archlint.report.conformance.words import arithmetic, facts, headline, trend
from archlint.report.safe import printable
from archlint.report.styled import Line
from archlint.spec import Requirement
from archlint.verdicts import Ruling, Verdict

MARKS = {
    Verdict.MET: ("met", "added"),
    Verdict.BROKEN: ("broken", "error"),
    Verdict.EXCUSED: ("excused", "warning"),
    Verdict.UNKNOWN: ("unknown", "warning"),
    Verdict.NOT_APPLICABLE: ("n/a", "faint"),
}
INDENT = 12


def render(view: ConformanceView) -> Iterator[Line]:
    """Each service's clauses by requirement and scenario, then its totals."""
    for service in view.judged:
        yield ((printable(headline(service)), "rule"),)
        rulings = {ruling.clause.id: ruling for ruling in service.rulings}
        for requirement in view.report.standard.spec.requirements:
            yield ()
            yield from _requirement(requirement, rulings, view.width)
        yield ()
        yield ((arithmetic(service), "rule"),)
        if change := trend(view, service):
            yield ((printable(change), ""),)
        yield ()


def _requirement(requirement: Requirement, rulings: dict[str, Ruling], width: int) -> Iterator[Line]:
    yield ((f"{requirement.id} {requirement.title}", "heading"),)
    for scenario in requirement.scenarios:
        yield ((f"  {scenario.id} {scenario.title}", "label"),)
        for clause in scenario.clauses:
            ruling = rulings[clause.id]
            word, style = MARKS[ruling.verdict]
            yield (f"    {word:8}", style), (f"{clause.id} ", "clause"), (clause.statement, "")
            for fact in facts(ruling):
                for line in wrap(
                    printable(fact), width - INDENT, break_long_words=False, break_on_hyphens=False
                ) or [""]:
                    yield ((" " * INDENT + line, "faint"),)
