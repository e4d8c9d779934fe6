"""The changes of an API in words and formats."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

from archlint.api_diff import ApiDiff
from archlint.discover import Repository
from archlint.findings import Finding, Link, Location, Severity
from archlint.pages import Page
from archlint.report import github, sarif
from archlint.report.formats import Rendering
from archlint.report.safe import json_text, markdown_code, markdown_text
from archlint.report.styled import Line
from archlint.report.words import counted
from archlint.results import Report
from archlint.service.evolution.api_changes import ApiChange
from archlint.service.evolution.change import REMOVALS
from archlint.standard import bundled_standard

Renderer: TypeAlias = Callable[[ApiDiff, int], Iterator[Line]]

_SHOWN = 3
"""So many operations are named in a heading; the rest is counted."""

_STYLES = {"error": "error", "warning": "warning", "info": "faint"}
_LIMIT = 60_000
"""Characters of Markdown that surely fit into a comment."""


def _text(diff: ApiDiff, code: int) -> Iterator[Line]:
    """The changes by version and by what they happened to, then how many there are."""
    for version, in_version in groupby(_sorted(diff.changes), key=lambda one: one.version):
        yield ((version or "unversioned", "heading"),)
        for subject, changes in groupby(in_version, key=_subject):
            yield (("  ", ""), (subject, "rule"))
            for one in changes:
                change = one.change
                head = (f"    {change.level:<8}", _STYLES[change.level])
                yield (head, (change.text, ""), (f"  {change.id}", "faint"))
                for place in _places(one, diff):
                    yield ((f"            {place}", "faint"),)
        yield (("", ""),)
    yield ((_total(diff), ""),)


def _sorted(changes: tuple[ApiChange, ...]) -> list[ApiChange]:
    order = {"error": 0, "warning": 1, "info": 2}
    return sorted(
        changes, key=lambda one: (one.version, _subject(one), order[one.change.level], one.change.id)
    )


def _subject(one: ApiChange) -> str:
    """What the change happened to: a schema with the operations that it reaches, or an operation."""
    names = [str(name) for name in one.change.operations]
    shown = ", ".join(names[:_SHOWN]) + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")
    return f"{one.change.schema} ({shown})" if one.change.schema else shown


def _places(one: ApiChange, diff: ApiDiff) -> Iterator[str]:
    if one.head is not None:
        yield f"now {one.head}"
    if one.base is not None:
        yield f"was {one.base} at {diff.base.name}"


def _total(diff: ApiDiff) -> str:
    counts: Counter[str] = Counter(one.change.level for one in diff.changes)
    levels = (
        ("error", "breaking change"),
        ("warning", "doubtful change"),
        ("info", "harmless change"),
    )
    said = ", ".join(counted(counts[level], noun) for level, noun in levels if counts[level])
    gaps = f"; {counted(len(diff.unknown), 'part')} could not be compared" if diff.unknown else ""
    return f"{said or 'The API did not change'} from {diff.base.name} to {diff.head.name}{gaps}"


def _json(diff: ApiDiff, code: int) -> Iterator[Line]:
    """A document for programs."""
    document = {
        "base": diff.base.name,
        "head": diff.head.name,
        "changes": [_as_json(one) for one in diff.changes],
        "unknown": list(diff.unknown),
    }
    yield ((json_text(document), ""),)


def _as_json(one: ApiChange) -> dict[str, object]:
    change = one.change
    return {
        "id": change.id,
        "level": change.level,
        "text": change.text,
        "version": one.version or None,
        "operations": [{"method": name.method, "path": name.path} for name in change.operations],
        "schema": change.schema or None,
        "field": change.field or None,
        "base": _place_as_json(one.base),
        "head": _place_as_json(one.head),
    }


def _place_as_json(place: Location | None) -> dict[str, object] | None:
    if place is None:
        return None
    return {"file": place.file, "line": place.line, "column": place.column}


def _markdown(diff: ApiDiff, code: int) -> Iterator[Line]:
    """A table for a pull request's comment, the gravest changes first."""
    yield ((f"## API: {markdown_text(_total(diff))}", ""),)
    yield (("", ""),)
    if not diff.changes:
        return
    yield (("| level | where | change | kind |", ""),)
    yield (("|---|---|---|---|", ""),)
    left = _LIMIT
    for number, one in enumerate(diff.changes):
        change = one.change
        cells = (
            change.level,
            markdown_text(_subject(one)),
            markdown_text(change.text),
            markdown_code(change.id),
        )
        row = f"| {' | '.join(cell.replace('|', '&#124;') for cell in cells)} |"
        left -= len(row) + 1
        if left < 0:
            yield ((f"\n{counted(len(diff.changes) - number, 'change')} more did not fit here.", ""),)
            return
        yield ((row, ""),)


def _sarif(diff: ApiDiff, code: int) -> Iterator[Line]:
    """Errors and warnings as results of the rules BA0803 and BA0804."""
    return sarif.render(_report(diff), Rendering(exit_code=code))


def _github(diff: ApiDiff, code: int) -> Iterator[Line]:
    """Errors and warnings as annotations."""
    return github.render(_report(diff), Rendering(exit_code=code))


def _report(diff: ApiDiff) -> Report:
    standard = diff.loaded.standard if diff.loaded else bundled_standard()
    pages = {
        page.name: page for page in standard.pages if page.name in {"breaking-change", "version-removed"}
    }
    findings = [_finding(one, pages) for one in diff.changes if one.change.level != "info"]
    repository = diff.loaded.repository if diff.loaded else Repository(Path(), (), None)
    used = tuple(page for page in standard.pages if page.name in pages)
    return Report(repository, standard, pages=used, findings=tuple(findings))


def _finding(one: ApiChange, pages: Mapping[str, Page]) -> Finding:
    page = pages["version-removed" if one.change.id in REMOVALS else "breaking-change"]
    change = one.change
    place = one.head or one.base or Location("openapi.json", 1, 1)
    return Finding(
        code=page.code,
        rule=page.name,
        requirement=page.requirement,
        clauses=page.clauses,
        severity=Severity(change.level),
        message=f"{_subject(one)}: {change.text} ({change.id})",
        help=page.help.format(version=one.version, operations=_subject(one)),
        service="",
        location=place,
        chain=(Link(one.base, "as it was"),) if one.base is not None and one.head is not None else (),
        fingerprint=f"{change.id} {change.schema} {change.field} {' '.join(map(str, change.operations))}",
    )


RENDERERS: Mapping[str, Renderer] = {
    "text": _text,
    "json": _json,
    "markdown": _markdown,
    "sarif": _sarif,
    "github": _github,
}
"""The formats of `archlint diff`."""
