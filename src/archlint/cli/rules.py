"""`archlint rules`: every rule in one table."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from textwrap import wrap
from typing import Annotated, Literal

import typer

from archlint.pages import Page
from archlint.report import output
from archlint.report.styled import Line
from archlint.standard import bundled_standard

NAMES, CLAUSES = 31, 18
"""Widths of columns, which fill the 80 of a pipe."""


def rules(
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help="A table, or JSON for programs.")
    ] = "text",
) -> None:
    """List every rule.

    By code: its name, requirement, clauses, severity, and whether archlint can fix what it reports.

    Example: archlint rules --format json
    """
    pages = bundled_standard().pages
    if format_ == "json":
        output.write(json.dumps([record(page) for page in pages], indent=2) + "\n")
    else:
        output.write_lines(_table(pages), colour=output.wants_colour(no_color=False))


def record(page: Page) -> dict[str, object]:
    """A rule as the JSON outputs have it."""
    return {
        "code": page.code,
        "name": page.name,
        "family": page.family,
        "requirement": page.requirement,
        "clauses": page.clauses,
        "severity": page.severity,
        "fixable": page.fixable,
    }


def _table(pages: Iterable[Page]) -> Iterator[Line]:
    yield (("Req. Code   Rule                            Clauses            Severity Fixable", "rule"),)
    for page in pages:
        first, *more = wrap(" ".join(page.clauses), CLAUSES) or [""]
        yield (
            (f"{page.requirement} ", "faint"),
            (f"{page.code} ", "clause"),
            (f"{page.name:{NAMES}} ", ""),
            (f"{first:{CLAUSES}} ", "faint"),
            (f"{page.severity:8} {page.fixable or 'no'}", ""),
        )
        for line in more:
            yield ((" " * (len("Req. Code   ") + NAMES + 1) + line, "faint"),)
