"""The conformance report as Markdown, for a job's summary or a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.report.conformance.formats import ConformanceView
from archlint.report.conformance.words import arithmetic, facts, headline, trend
from archlint.report.safe import printable
from archlint.report.styled import Line
from archlint.spec import Requirement, Spec
from archlint.verdicts import Conformance, Ruling, Verdict

MARKS = {
    Verdict.MET: "✅ met",
    Verdict.BROKEN: "❌ broken",
    Verdict.EXCUSED: "🟡 excused",
    Verdict.UNKNOWN: "❔ unknown",
    Verdict.NOT_APPLICABLE: "⚪ n/a",
}


def render(view: ConformanceView) -> Iterator[Line]:
    """A table for each requirement of each service."""
    spec = view.report.standard.spec
    return (
        ((line, ""),) for service in view.judged for line in _service(service, spec, trend(view, service))
    )


def _service(service: Conformance, spec: Spec, change: str) -> Iterator[str]:
    yield f"## {_escaped(headline(service))}"
    yield ""
    yield f"**{arithmetic(service)}**"
    if change:
        yield f"\n{_escaped(change)}"
    rulings = {ruling.clause.id: ruling for ruling in service.rulings}
    for requirement in spec.requirements:
        yield from _requirement(requirement, rulings)
    yield ""


def _requirement(requirement: Requirement, rulings: dict[str, Ruling]) -> Iterator[str]:
    yield ""
    yield f"### {requirement.id} {requirement.title}"
    yield ""
    yield "| | clause | what shows it |"
    yield "|---|---|---|"
    for clause in requirement.clauses:
        ruling = rulings[clause.id]
        shown = "<br>".join(_escaped(fact) for fact in facts(ruling))
        yield f"| {MARKS[ruling.verdict]} | {clause.id} {_escaped(clause.statement)} | {shown} |"


def _escaped(text: str) -> str:
    """Text that stays text: no markup, no cell, no link, no mention."""
    return "".join(f"&#{ord(one)};" if one in "\\`*_{}[]<>#|@&~!:" else one for one in printable(text))
