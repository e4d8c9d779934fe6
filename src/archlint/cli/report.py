"""`archlint report`: the verdict on every clause of the standard, with its evidence."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from archlint.cli.notes import no_service
from archlint.cli.options import ConfigFile, NoColor, OutputFile, PathsArgument
from archlint.findings import ArchlintError


def report(
    paths: PathsArgument = None,
    format_: Annotated[
        Literal["text", "markdown", "json", "html"],
        typer.Option("--format", help="How it is written; html is one page that needs no network."),
    ] = "text",
    output_file: OutputFile = None,
    config: ConfigFile = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Tell what the figure was at this commit.", show_default=False),
    ] = None,
    no_color: NoColor = False,
) -> None:
    """Report for each clause of the standard whether a service meets it, and what shows that.

    A clause is met (with the places that prove it), broken, excused (by suppressions,
    baselines or the configuration), not applicable, or unknown. Nothing counts as met only because nothing
    was found.

    Example: archlint report services/shop --format html --output-file shop.html
    """
    from archlint.engine import check
    from archlint.loading import Request, load, load_commit
    from archlint.report import output
    from archlint.report.conformance.formats import ConformanceView, lines
    from archlint.report.progress import progress
    from archlint.verdicts import judge

    with progress(no_color=no_color) as step:
        loaded = load(tuple(paths or [Path()]), config, step)
        if not loaded.services:
            raise ArchlintError(no_service(paths or ()))
        found = check(loaded, Request(), step)
        step(f"checking {against}" if against else "")
        earlier = None if against is None else load_commit(against, tuple(paths or [Path()]), config)
        before = () if earlier is None else judge(check(earlier, Request()))
        step("judging the clauses")
        width = output.FILE_WIDTH if output_file is not None else output.width()
        rendered = list(
            lines(
                format_, ConformanceView(judge(found), found, loaded.services, width, against or "", before)
            )
        )
    output.put(rendered, output_file, for_people=format_ == "text", no_color=no_color)
