"""One line for each finding, in the form that editors and grep understand."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Finding
from archlint.report.formats import Rendering
from archlint.report.styled import Line
from archlint.results import Report


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """The findings."""
    for finding in report.findings:
        yield line(finding, how)


def line(finding: Finding, how: Rendering) -> Line:
    """A finding with its place, severity, code, message and clauses."""
    clauses = f" ({', '.join(finding.clauses)})" if finding.clauses else ""
    return (
        (f"{how.shown(finding.location)}: ", ""),
        (f"{finding.severity} ", finding.severity),
        (f"{finding.code} {finding.rule}: ", "rule"),
        (finding.message, ""),
        (clauses, "clause"),
    )
