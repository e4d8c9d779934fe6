"""Findings in words and formats. Only this package and `cli` know how output looks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from archlint.engine import Report
from archlint.report import output
from archlint.report.styled import Line, plain

if TYPE_CHECKING:
    from archlint.fixes.showing import ShownFix

Format = Literal["text", "concise", "json", "sarif", "github"]


@dataclass(frozen=True)
class Delivery:
    """How the command line wants its report."""

    format: Format = "text"
    file: Path | None = None
    statistics: bool = False
    quiet: bool = False
    strict: bool = False
    no_color: bool = False
    fixes: Mapping[str, ShownFix] | None = None


def deliver(report: Report, wanted: Delivery, exit_code: int) -> None:
    """Write the report where it is wanted. Raises ArchlintError when the file cannot be written."""
    for_people = wanted.format in {"text", "concise"}
    if wanted.file is not None:
        lines = _lines(report, wanted, output.FILE_WIDTH) if for_people else ()
        output.write_file(wanted.file, plain(lines) if for_people else _document(report, wanted, exit_code))
    elif for_people:
        colour = output.wants_colour(wanted.no_color)
        output.write_lines(_lines(report, wanted, output.width()), colour=colour)
    else:
        output.write(_document(report, wanted, exit_code))


def _document(report: Report, wanted: Delivery, exit_code: int) -> str:
    match wanted.format:
        case "json":
            from archlint.report.as_json import render_json

            return render_json(report, wanted.fixes)
        case "sarif":
            from archlint.report.sarif import render_sarif

            return render_sarif(report, exit_code, wanted.fixes)
        case _:
            from archlint.report.github import render_github

            return render_github(report)


def _lines(report: Report, wanted: Delivery, width: int) -> Iterator[Line]:
    from archlint.report.summary import render_statistics, render_summary
    from archlint.report.text import render_concise, render_text

    if wanted.statistics:
        yield from render_statistics(report)
    elif wanted.format == "concise":
        yield from render_concise(report)
    else:
        yield from render_text(report, width)
    if not wanted.quiet:
        yield from render_summary(report, wanted.strict)
