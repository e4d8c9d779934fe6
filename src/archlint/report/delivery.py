"""Brings a report to where it is wanted, in the format that is wanted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from archlint.report import output
from archlint.report.formats import FORMATS, Format, Rendering
from archlint.report.styled import Line, plain
from archlint.results import Report

if TYPE_CHECKING:
    from archlint.fixes.showing import ShownFix


@dataclass(frozen=True)
class Delivery:
    """How the command line wants its report; `format` is a name of the table."""

    format: str = "text"
    file: Path | None = None
    statistics: bool = False
    quiet: bool = False
    strict: bool = False
    no_color: bool = False
    fixes: Mapping[str, ShownFix] | None = None


def deliver(report: Report, wanted: Delivery, exit_code: int) -> str:
    """Write the report where it is wanted, and give what went to standard output.

    Raises ArchlintError when it cannot be written.
    """
    format_ = FORMATS[wanted.format]
    width = output.width() if wanted.file is None else output.FILE_WIDTH
    lines = _lines(report, wanted, format_, Rendering(width, exit_code, wanted.fixes))
    if wanted.file is not None:
        output.write_file(wanted.file, plain(lines))
        return ""
    return output.write_lines(lines, colour=format_.for_people and output.wants_colour(wanted.no_color))


def _lines(report: Report, wanted: Delivery, format_: Format, how: Rendering) -> Iterator[Line]:
    from archlint.report.summary import render_statistics, render_summary

    yield from render_statistics(report) if wanted.statistics else format_.render(report, how)
    if format_.for_people and not wanted.quiet:
        yield from render_summary(report, wanted.strict)
