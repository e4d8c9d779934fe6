"""Findings for people: by service, cause and file, each with its source, clause, chain and remedy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import wrap

from archlint.causes import Cause, causes
from archlint.findings import Finding, Link, Severity
from archlint.report.formats import Rendering
from archlint.report.safe import printable
from archlint.report.snippet import Sources, snippet
from archlint.report.styled import Line
from archlint.results import Report
from archlint.standard import Standard

SHOWN = 3
"""How many findings of a cause are shown; with no more than these, each is shown by itself."""

_NARROW = 40
"""With fewer columns left, a text begins on the line below."""


def render(report: Report, how: Rendering) -> Iterator[Line]:
    """The findings, without the summary. Nothing but source lines is cut to the width."""
    return _separated(_findings(report, how))


def _separated(lines: Iterable[Line]) -> Iterator[Line]:
    """The lines, with empty ones between others only."""
    empty = started = False
    for line in lines:
        if line:
            yield from [()] if empty and started else []
            yield line
            started = True
        empty = not line


def _findings(report: Report, how: Rendering) -> Iterator[Line]:
    sources = Sources(report.repository)
    for service, in_service in groupby(report.findings, key=lambda finding: finding.service):
        yield ((f"Service {service}" if service != "." else "Service at the repository's root", "rule"),)
        yield ()
        found = tuple(in_service)
        groups = [cause for cause in causes(found) if len(cause.members) > SHOWN]
        for cause in groups:
            yield from _of_cause(cause, report.standard, sources, how)
        grouped = {finding.fingerprint for cause in groups for finding in cause.members}
        alone = [finding for finding in found if finding.fingerprint not in grouped]
        errors = Counter(one.location.file for one in alone if one.severity is Severity.ERROR)
        alone.sort(key=lambda one: (-errors[one.location.file], one.location.file))
        for file, in_file in groupby(alone, key=lambda finding: finding.location.file):
            yield ((how.path(file), "heading"),)
            yield ()
            yield from _of_file(in_file, report.standard, sources, how)


def _of_cause(cause: Cause, standard: Standard, sources: Sources, how: Rendering) -> Iterator[Line]:
    """The place, the first of its findings in full, and where some of the others are."""
    first, *others = cause.members
    heading = f"{how.shown(cause.link.location)}: {cause.link.text}"
    counts = f"{cause.total} have this cause: {cause.counts}"
    for text, style in ((heading, "heading"), (counts, "rule")):
        yield from (((line, style),) for line in _wrapped(text, how.width))
    yield ()
    yield from _of_file([first], standard, sources, how)
    for finding in others[: SHOWN - 1]:
        yield from _titled(finding, finding.message, how)
        yield ("  --> ", "gutter"), (how.shown(finding.location), "")
    left = len(others) - SHOWN + 1
    yield ((f"and {left} more; `--output-format concise` lists each", "faint"),)
    yield ()


def _of_file(
    findings: Iterable[Finding], standard: Standard, sources: Sources, how: Rendering
) -> Iterator[Line]:
    """What stood above in the same file is not said again: a remedy, a chain, a clause's wording."""
    said: set[object] = set()
    for finding in findings:
        yield from _head(finding, how)
        margin = " " * (len(str(finding.location.line)) + 1)
        source = sources.line(finding.location)
        if source is not None:
            yield from snippet(finding.location, source, finding.severity, how.width - len(margin) - 2)
        yield ((f"{margin}|", "gutter"),)
        notes = [("spec", text) for text in _clauses(finding, standard, said)]
        notes += [("help", finding.help)] if finding.help not in said else []
        if finding.chain in said:
            yield (margin, ""), ("= via: ", "label"), ("as above", "faint")
        else:
            yield from _chain(finding.chain, how, margin)
        for label, text in notes:
            yield from _note(label, text, margin, how.width)
        said |= {finding.help, *finding.clauses} | ({finding.chain} if finding.chain else set())
        yield ()


def _head(finding: Finding, how: Rendering) -> Iterator[Line]:
    yield from _titled(finding, f"{finding.rule}: {finding.message}", how)
    margin = " " * len(str(finding.location.line))
    yield (f"{margin}--> ", "gutter"), (how.shown(finding.location), "")


def _titled(finding: Finding, text: str, how: Rendering) -> Iterator[Line]:
    label = f"{finding.severity}[{finding.code}]"
    first, *others = _wrapped(f"{label} {text}", how.width)
    yield (label, finding.severity), (first.removeprefix(label), "rule")
    yield from (((f"  {line}", "rule"),) for line in others)


def _clauses(finding: Finding, standard: Standard, said: set[object]) -> Iterator[str]:
    """Each clause with its wording and its requirement's title, or all in one line if said before."""
    if finding.clauses and said.issuperset(finding.clauses):
        yield ", ".join(finding.clauses)
        return
    for clause in finding.clauses:
        title = standard.titles.get(clause.partition(".")[0], finding.requirement)
        yield f"{clause} {standard.statements.get(clause, '')} ({title})"


def _chain(chain: tuple[Link, ...], how: Rendering, margin: str) -> Iterator[Line]:
    places = [printable(f"{how.path(link.location.file)}:{link.location.line}") for link in chain]
    longest, digits = max(map(len, places), default=0), len(str(len(chain)))
    for number, (place, link) in enumerate(zip(places, chain, strict=True), start=1):
        label = "= via: " if number == 1 else "       "
        step = f"{number:>{digits}}. {place.ljust(longest)}  "
        left = how.width - len(margin) - len(label) - len(step)
        if left < _NARROW:
            yield (margin, ""), (label, "label"), (step.rstrip(), "faint")
            indent = margin + " " * (len(label) + digits + 2)
            yield from (((f"{indent}{line}", ""),) for line in _wrapped(link.text, how.width - len(indent)))
            continue
        first, *others = _wrapped(link.text, left)
        yield (margin, ""), (label, "label"), (step, "faint"), (first, "")
        indent = margin + " " * (len(label) + len(step))
        yield from (((f"{indent}{line}", ""),) for line in others)


def _note(label: str, text: str, margin: str, width: int) -> Iterator[Line]:
    start = f"= {label}: "
    first, *others = _wrapped(text, width - len(margin) - len(start))
    yield (margin, ""), (start, "label"), (first, "")
    for line in others:
        yield ((f"{margin}{' ' * len(start)}{line}", ""),)


def _wrapped(text: str, width: int) -> list[str]:
    """Lines that break between words; a path or a piece of code stays whole, for somebody to copy."""
    return wrap(printable(text), max(width, 20), break_long_words=False, break_on_hyphens=False) or [""]
