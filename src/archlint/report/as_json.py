"""The JSON output; its schema is `schemas/check.schema.json`, shipped with archlint."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from archlint import __version__
from archlint.causes import causes
from archlint.findings import Finding, Link, Severity
from archlint.report.formats import Rendering
from archlint.report.safe import json_text
from archlint.report.styled import Line
from archlint.results import Failure, Report, Undecided
from archlint.timing import Clock

if TYPE_CHECKING:
    from archlint.fixes.showing import ShownFix


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """The whole report, with fixes where they were asked for."""
    counts = Counter(finding.severity for finding in report.findings)
    found = causes(report.findings)
    caused = {finding.fingerprint: cause.id for cause in found for finding in cause.members}
    document = {
        "version": __version__,
        "findings": [
            _finding(finding)
            | {"cause": caused.get(finding.fingerprint)}
            | ({} if how.fixes is None else {"fix": _fix(how.fixes.get(finding.fingerprint))})
            for finding in report.findings
        ],
        "causes": [{"id": cause.id, "findings": len(cause.members)} | _link(cause.link) for cause in found],
        "unknown": [_unknown(undecided) for undecided in report.unknowns],
        "failures": [_failure(failure) for failure in report.failures],
        "summary": {
            **{severity.value: counts[severity] for severity in Severity},
            "unknown": len(report.unknowns),
            "suppressed": report.suppressed,
            "services": list(report.services),
            "files": report.files,
            **({"against": report.against, "known": report.known} if report.against else {}),
        },
    } | ({} if how.clock is None else {"timing": _timing(how.clock)})
    yield ((json_text(document), ""),)


def _timing(clock: Clock) -> dict[str, object]:
    """Seconds of processor time, the most first; writing the report is not over yet."""
    groups = {"stages": clock.stages, "parts": clock.parts, "rules": clock.rules}
    return {
        group: {
            name: round(seconds[name], 4) for name in sorted(seconds, key=seconds.__getitem__, reverse=True)
        }
        for group, seconds in groups.items()
    }


def _finding(finding: Finding) -> dict[str, object]:
    place = finding.location
    return {
        "code": finding.code,
        "rule": finding.rule,
        "requirement": finding.requirement,
        "clauses": list(finding.clauses),
        "severity": finding.severity,
        "message": finding.message,
        "help": finding.help,
        "service": finding.service,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "end_line": place.end_line,
        "end_column": place.end_column,
        "chain": [_link(link) for link in finding.chain],
        "fingerprint": finding.fingerprint,
    }


def _fix(fix: ShownFix | None) -> dict[str, object] | None:
    if fix is None:
        return None
    replacements = [
        {
            "file": one.location.file,
            "line": one.location.line,
            "column": one.location.column,
            "end_line": one.location.end_line,
            "end_column": one.location.end_column,
            "text": one.text,
        }
        for one in fix.replacements
    ]
    return {"safe": not fix.why, "why": fix.why, "replacements": replacements}


def _link(link: Link) -> dict[str, object]:
    place = link.location
    return {"file": place.file, "line": place.line, "column": place.column, "text": link.text}


def _unknown(undecided: Undecided) -> dict[str, object]:
    place = undecided.unknown.location
    return {
        "code": undecided.page.code,
        "rule": undecided.page.name,
        "service": undecided.service,
        "what": undecided.unknown.what,
        "file": place.file,
        "line": place.line,
        "column": place.column,
        "why": undecided.unknown.why,
    }


def _failure(failure: Failure) -> dict[str, object]:
    return {
        "code": failure.page.code,
        "rule": failure.page.name,
        "service": failure.service,
        "error": failure.error,
    }
