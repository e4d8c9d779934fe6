"""GitLab's code quality reports, as https://docs.gitlab.com/ci/testing/code_quality/ describes them."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Finding, Severity
from archlint.report.formats import Rendering
from archlint.report.safe import json_text
from archlint.report.styled import Line
from archlint.results import Report

SEVERITIES = {Severity.ERROR: "major", Severity.WARNING: "minor"}


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """One array of all findings. GitLab compares the fingerprints of two branches."""
    yield ((json_text([_issue(finding) for finding in report.findings]), ""),)


def _issue(finding: Finding) -> dict[str, object]:
    clauses = f" ({', '.join(finding.clauses)})" if finding.clauses else ""
    return {
        "description": f"{finding.code} {finding.rule}: {finding.message}{clauses}",
        "check_name": f"{finding.code} {finding.rule}",
        "fingerprint": finding.fingerprint,
        "severity": SEVERITIES[finding.severity],
        "location": {
            "path": finding.location.file,
            "lines": {"begin": finding.location.line, "end": finding.location.end_line},
        },
    }
