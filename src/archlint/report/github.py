"""GitHub's workflow commands, which annotate a pull request's lines.

As documented at https://docs.github.com/actions/reference/workflow-commands-for-github-actions. GitHub shows
ten annotations of each kind for a step, so the ten first ones should say the most.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archlint.findings import Finding, Severity
from archlint.report.formats import Rendering
from archlint.report.safe import github_data, github_property
from archlint.report.styled import Line
from archlint.report.words import counted
from archlint.results import Report

SHOWN = 10
"""How many annotations of each kind GitHub shows for a step."""


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """One command for each finding, errors first, each rule's first before any second one; then the count."""
    findings = _ordered(report.findings)
    for finding in findings:
        yield ((_command(finding), ""),)
    if findings:
        yield ((f"::notice title=archlint::{github_data(_total(findings))}", ""),)


def _ordered(findings: tuple[Finding, ...]) -> list[Finding]:
    seen: Counter[tuple[Severity, str]] = Counter()
    ranked: list[tuple[int, int, int, Finding]] = []
    for finding in findings:
        kind = (finding.severity, finding.code)
        ranked.append((list(Severity).index(finding.severity), seen[kind], len(ranked), finding))
        seen[kind] += 1
    return [finding for *_, finding in sorted(ranked, key=lambda one: one[:3])]


def _command(finding: Finding) -> str:
    place = finding.location
    properties = {"file": place.file, "line": place.line, "endLine": place.end_line}
    if place.line == place.end_line:  # GitHub refuses columns of a place over several lines
        properties |= {"col": place.column, "endColumn": place.end_column}
    properties["title"] = f"{finding.code} {finding.rule}"
    written = ",".join(f"{name}={github_property(str(value))}" for name, value in properties.items())
    return f"::{finding.severity} {written}::{github_data(_text(finding))}"


def _text(finding: Finding) -> str:
    """A log shows nothing but this, so it says the place and the rule as well."""
    clauses = f" ({', '.join(finding.clauses)})" if finding.clauses else ""
    via = [f"via {link.location.file}:{link.location.line}: {link.text}" for link in finding.chain]
    head = f"{finding.location}: {finding.code} {finding.rule}: {finding.message}{clauses}"
    return "\n".join(line.replace("\n", " ") for line in (head, *via, finding.help))


def _total(findings: list[Finding]) -> str:
    counts = Counter(finding.severity for finding in findings)
    said = ", ".join(counted(counts[severity], severity) for severity in Severity if counts[severity])
    hidden = any(count > SHOWN for count in counts.values())
    more = f"; GitHub shows {SHOWN} annotations of each kind, the log has them all" if hidden else ""
    return f"archlint found {said}{more}"
