"""One line for each finding, in the form that editors and grep understand."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.report.formats import Rendering
from archlint.report.styled import Line
from archlint.results import Report


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """The findings, each with its place, severity, code, message and clauses."""
    for finding in report.findings:
        clauses = f" ({', '.join(finding.clauses)})" if finding.clauses else ""
        yield (
            (f"{how.shown(finding.location)}: ", ""),
            (f"{finding.severity} ", finding.severity),
            (f"{finding.code} {finding.rule}: ", "rule"),
            (finding.message, ""),
            (clauses, "clause"),
        )
