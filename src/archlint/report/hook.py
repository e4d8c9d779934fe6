"""For a hook, which has little room: one line for each finding, and one for all that one change brought."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.causes import Cause, causes
from archlint.findings import Severity
from archlint.report.concise import line
from archlint.report.formats import Rendering
from archlint.report.styled import Line
from archlint.results import Report

SHOWN = 3
"""So many findings of a cause are shown each; of more, the cause and the first."""


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """The causes of many findings, then the findings that have none, in the form of `concise`."""
    many = [cause for cause in causes(report.findings) if len(cause.members) > SHOWN]
    for cause in many:
        yield _line(cause, how)
    told = {finding.fingerprint for cause in many for finding in cause.members}
    for finding in report.findings:
        if finding.fingerprint not in told:
            yield line(finding, how)
    if many:
        yield (("`--output-format concise` lists each", "faint"),)


def _line(cause: Cause, how: Rendering) -> Line:
    has_error = any(finding.severity is Severity.ERROR for finding in cause.members)
    severity = Severity.ERROR if has_error else Severity.WARNING
    first = cause.members[0]
    return (
        (f"{how.shown(cause.link.location)}: ", ""),
        (f"{severity} ", severity),
        (f"{cause.counts}: ", "rule"),
        (f"{cause.link.text}; the first is {how.shown(first.location)}: {first.message}", ""),
    )
