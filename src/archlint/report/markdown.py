"""Markdown for a pull request's comment or a step's summary, within GitHub's limit for the former.

A comment holds 65,536 characters, a step's summary 1 MiB; what fits the one fits the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from archlint.causes import causes
from archlint.findings import Finding, Severity
from archlint.report.formats import Rendering
from archlint.report.safe import markdown_code, markdown_text
from archlint.report.styled import Line
from archlint.report.words import counted
from archlint.results import Report

LIMIT = 65_536
RESERVE = 200
"""Characters that are kept for saying what was left out."""
SHOWN = 3
"""How many findings of a cause are listed."""
MEMBERS = 20
"""How many findings of a rule are listed."""


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """A table by requirement, then each rule with its findings, the most frequent error first."""
    left = LIMIT - RESERVE
    groups = _by_rule(report.findings)
    head = "\n".join((_head(report), *_causes(report.findings)))
    for number, part in enumerate((head, *(_group(group) for group in groups))):
        left -= len(part) + 1
        if left < 0:
            hidden = sum(len(group) for group in groups[number - 1 :])
            yield ((f"\n{counted(hidden, 'finding')} more did not fit here.", ""),)
            return
        yield ((part, ""),)


def _head(report: Report) -> str:
    counts = Counter(finding.severity for finding in report.findings)
    said = ", ".join(counted(counts[severity], severity) for severity in Severity if counts[severity])
    lines = [f"## archlint: {said or 'no violations'}", ""]
    if report.findings:
        lines += [*_table(report), ""]
    lines.append(
        f"{counted(len(report.services), 'service')} checked, {counted(report.files, 'Python file')} read"
        + (f", {counted(len(report.unknowns), 'place')} undecided" if report.unknowns else "")
        + (f", {counted(report.suppressed, 'finding')} suppressed" if report.suppressed else "")
        + "."
    )
    return "\n".join(lines)


def _table(report: Report) -> Iterator[str]:
    yield "| requirement | errors | warnings |"
    yield "|---|--:|--:|"
    counts = Counter((finding.requirement, finding.severity) for finding in report.findings)
    for requirement in sorted({finding.requirement for finding in report.findings}):
        title = report.standard.title(requirement)
        cells = (counts[requirement, Severity.ERROR], counts[requirement, Severity.WARNING])
        yield f"| {requirement} {markdown_text(title)} | {cells[0]} | {cells[1]} |"


def _causes(findings: Sequence[Finding]) -> Iterator[str]:
    """The places that most findings come from, with three of them each."""
    for cause in [cause for cause in causes(findings) if len(cause.members) > SHOWN][:MEMBERS]:
        place = markdown_code(f"{cause.link.location.file}:{cause.link.location.line}")
        said = markdown_text(cause.link.text)
        yield f"\n**{cause.total}** ({cause.counts}) have one cause: {place} {said}\n"
        yield from (_member(finding) for finding in cause.members[:SHOWN])
        yield f"- and {len(cause.members) - SHOWN} more"


def _by_rule(findings: Sequence[Finding]) -> list[list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.code, []).append(finding)
    return sorted(groups.values(), key=lambda group: (_severity(group), -len(group), group[0].code))


def _severity(group: Sequence[Finding]) -> int:
    return min(list(Severity).index(finding.severity) for finding in group)


def _group(group: Sequence[Finding]) -> str:
    first = group[0]
    clauses = f" · {', '.join(first.clauses)}" if first.clauses else ""
    lines = [
        "",
        f"<details><summary><b>{first.code} {first.rule}</b>: {len(group)}{clauses}</summary>",
        "",
        *(_member(finding) for finding in group[:MEMBERS]),
    ]
    if len(group) > MEMBERS:
        lines.append(f"- and {len(group) - MEMBERS} more")
    return "\n".join([*lines, "", markdown_text(first.help), "", "</details>"])


def _member(finding: Finding) -> str:
    place = f"{finding.location.file}:{finding.location.line}"
    return f"- {finding.severity} {markdown_code(place)} {markdown_text(finding.message)}"
