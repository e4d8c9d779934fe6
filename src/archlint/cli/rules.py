"""`archlint rules`: every rule in one table."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Annotated, Literal

import typer

from archlint.pages import Page
from archlint.standard import bundled_standard


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
        typer.echo(json.dumps([record(page) for page in pages], indent=2))
    else:
        _print_table(pages)


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


def _print_table(pages: Iterable[Page]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(box=None, padding=(0, 1, 0, 0), header_style="bold")
    # The widths fill the 80 columns of a pipe, so that no cell is cut.
    for name, style, width in (
        ("Req.", "dim", 4),
        ("Code", "cyan", 6),
        ("Rule", "", 31),
        ("Clauses", "dim", 18),
        ("Severity", "", 8),
        ("Fixable", "green", 7),
    ):
        table.add_column(name, style=style, width=width)
    for _, members in groupby(pages, key=lambda page: page.requirement):
        for page in members:
            row = (page.requirement, page.code, page.name, " ".join(page.clauses), page.severity)
            table.add_row(*row, page.fixable or "no")
        table.add_section()
    Console(highlight=False).print(table)
