"""Brings a report to where it is wanted, in the formats that are wanted."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint.report import output
from archlint.report.formats import FORMATS, Rendering
from archlint.report.styled import Line, plain, verbatim
from archlint.results import Report
from archlint.timing import Clock

if TYPE_CHECKING:
    from archlint.fixes.showing import ShownFix


class OutputTarget(Struct, frozen=True):
    """A format, by its name in the table, and the file that gets it; without one, standard output."""

    format: str = "text"
    file: Path | None = None


class Delivery(Struct, frozen=True, dict=True):
    """How the command line wants its report on `paths`."""

    targets: tuple[OutputTarget, ...] = (OutputTarget(),)
    statistics: bool = False
    quiet: bool = False
    strict: bool = False
    no_color: bool = False
    fixes: Mapping[str, ShownFix] | None = None
    clock: Clock | None = None
    paths: tuple[Path, ...] = ()
    fixed: bool = False
    """Whether what can be fixed has been, so that the report is of what is left."""


def deliver(report: Report, wanted: Delivery, exit_code: int) -> str:
    """Write the report to each target, and give what went to standard output.

    Standard output gets a summary where it gets nothing else. Raises ArchlintError when something cannot be
    written.
    """
    from archlint.report.summary import render_summary

    written = "".join(_deliver(report, wanted, target, exit_code) for target in wanted.targets)
    if not wanted.quiet and all(target.file for target in wanted.targets):
        lines = render_summary(report, wanted.strict, paths=wanted.paths, fixed=wanted.fixed)
        written += output.write_lines(lines, colour=output.wants_colour(wanted.no_color))
    return written


def _deliver(report: Report, wanted: Delivery, target: OutputTarget, exit_code: int) -> str:
    lines = _lines(report, wanted, target, exit_code)
    for_people = FORMATS[target.format].for_people
    if target.file is not None:
        output.write_file(target.file, plain(lines) if for_people else verbatim(lines))
        return ""
    if for_people:
        return output.write_lines(lines, colour=output.wants_colour(wanted.no_color))
    document = verbatim(lines)
    output.write(document)
    return document


def _lines(report: Report, wanted: Delivery, target: OutputTarget, exit_code: int) -> Iterator[Line]:
    from archlint.report.summary import render_statistics, render_summary

    format_ = FORMATS[target.format]
    width = output.width() if target.file is None else output.FILE_WIDTH
    path = partial(from_here, report.repository.root, Path.cwd())
    how = Rendering(width, exit_code, wanted.fixes, path, wanted.clock)
    yield from (
        render_statistics(report) if wanted.statistics and format_.for_people else format_.render(report, how)
    )
    if format_.for_people and not wanted.quiet:
        yield from render_summary(
            report, wanted.strict, tables=format_.tables, paths=wanted.paths, fixed=wanted.fixed
        )


def from_here(root: Path, folder: Path, file: str) -> str:
    """The file's path relative to a folder, or absolute where there is none, as between Windows' drives."""
    try:
        return Path(os.path.relpath(root / file, folder)).as_posix()
    except ValueError:
        return (root / file).as_posix()
