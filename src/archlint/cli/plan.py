"""`archlint plan`: where to begin."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated, Literal

import typer

from archlint.cli.notes import no_service
from archlint.cli.options import ConfigFile, NoColor, OutputFile, PathsArgument
from archlint.findings import ArchlintError


def plan(
    paths: PathsArgument = None,
    format_: Annotated[
        Literal["text", "markdown", "json"], typer.Option("--format", help="How the plan is written.")
    ] = "text",
    top: Annotated[int, typer.Option("--top", metavar="N", min=1, help="Show this many causes.")] = 10,
    output_file: OutputFile = None,
    config: ConfigFile = None,
    no_color: NoColor = False,
) -> None:
    """Rank the causes of findings: which change takes most of them away.

    Where archlint knows edits for a cause, it tries them on a copy in memory, checks again and says what went
    and what came. No file is changed. What a baseline holds counts here: this is how it shrinks.

    Example: archlint plan services/shop
    """
    from archlint.fixes.remedies import ranking
    from archlint.inputs import keep_answer, listing_before
    from archlint.loading import Request
    from archlint.report import output
    from archlint.report import plan as rendered
    from archlint.report.delivery import from_here
    from archlint.report.formats import Rendering
    from archlint.report.progress import progress
    from archlint.report.safe import log_lines

    request = Request(tuple(paths or [Path()]), config_file=config, baselines=False, listing=listing_before())
    with progress(no_color=no_color) as step:
        found = ranking(request, step)
    if not found.report.services:
        raise ArchlintError(no_service(paths or ()))
    if format_ == "text":
        path = partial(from_here, found.report.repository.root, Path.cwd())
        lines = rendered.text(found, Rendering(path=path), top)
        written = output.put(lines, output_file, for_people=True, no_color=no_color)
    else:
        document = rendered.markdown(found, top) if format_ == "markdown" else rendered.document(found) + "\n"
        written = log_lines(document) if output_file is None else ""
        if output_file is None:
            output.write(written)
        else:
            output.write_file(output_file, document)
    if not found.report.failures:
        keep_answer(found.report.repository, request.paths, 0, written, "")
