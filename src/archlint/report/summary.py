"""The last lines of what people read: how many findings of which severity, and what stayed unknown."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from archlint.findings import Severity
from archlint.report.styled import Line
from archlint.report.words import counted
from archlint.results import Report


def render_summary(report: Report, strict: bool) -> Iterator[Line]:
    """Findings by severity, services, files, suppressed findings, and unknowns by rule."""
    counts = Counter(finding.severity for finding in report.findings)
    yield from ([_found(counts)] if report.findings else [(("No violations", "rule"),)])
    read = f"{counted(len(report.services), 'service')} checked, {counted(report.files, 'Python file')} read"
    yield (
        (read + (f", {counted(report.suppressed, 'finding')} suppressed" if report.suppressed else ""), ""),
    )
    if report.unknowns:
        yield from _unknowns(report, strict)


def render_statistics(report: Report) -> Iterator[Line]:
    """How many findings each rule has, the most first."""
    counts = Counter((f.code, f.rule, f.severity) for f in report.findings)
    width = max((len(str(count)) for count in counts.values()), default=0)
    names = max((len(rule) for _, rule, _ in counts), default=0)
    clauses = {page.code: ", ".join(page.clauses) for page in report.pages}
    for (code, rule, severity), count in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        yield (
            (f"{count:{width}}  ", "rule"),
            (f"{severity:7}  ", severity),
            (f"{code}  {rule:{names}}  ", ""),
            (clauses.get(code, ""), "clause"),
        )


def _found(counts: Counter[Severity]) -> Line:
    total = counted(counts.total(), "finding")
    parts = [(counted(counts[severity], severity), severity) for severity in Severity if counts[severity]]
    spans: list[tuple[str, str]] = [(f"{total}: ", "rule")]
    for text, severity in parts:
        spans += [(text, severity), (", ", "")]
    return tuple(spans[:-1])


def _unknowns(report: Report, strict: bool) -> Iterator[Line]:
    by_rule = Counter(undecided.page.code for undecided in report.unknowns)
    rules = ", ".join(f"{code} {count}" for code, count in sorted(by_rule.items()))
    where = "listed above" if strict else "`--strict` or `--output-format json` lists them"
    places = counted(len(report.unknowns), "place")
    yield ((f"{places} could not be decided ({rules}); {where}", "faint"),)
