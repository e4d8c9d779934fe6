"""`archlint diff`: what a change of the service breaks for its clients."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from archlint.cli.options import ConfigFile, NoColor, OutputFile

FailOn = Literal["error", "warning", "none"]


def diff(  # noqa: PLR0913, PLR0917 (each is an option)
    base: Annotated[
        str | None,
        typer.Argument(
            help="A git ref, or an OpenAPI file (.json, .yaml). "
            "Without it: where HEAD left the remote's default branch.",
            show_default=False,
        ),
    ] = None,
    head: Annotated[
        str | None,
        typer.Argument(
            help="A git ref, or an OpenAPI file. Without it: the working tree.", show_default=False
        ),
    ] = None,
    path: Annotated[Path, typer.Option("--path", metavar="PATH", help="The service's folder.")] = Path(),
    format_: Annotated[
        Literal["text", "json", "markdown", "sarif", "github"],
        typer.Option("--format", help="How changes are written; markdown suits a pull request's comment."),
    ] = "text",
    fail_on: Annotated[
        FailOn, typer.Option("--fail-on", help="The least grave change that makes the exit code 1.")
    ] = "error",
    output_file: OutputFile = None,
    config: ConfigFile = None,
    no_color: NoColor = False,
) -> None:
    """Tell what changed in the API, and what of that breaks clients.

    Both sides are read from source, without running the service and without a checkout: archlint reads git's
    database. A change in a schema is one change that names the operations that it reaches. Kinds of changes
    and their levels are oasdiff's: an error breaks clients, a warning may, info does not.

    Example: archlint diff origin/main --fail-on warning
    """
    from archlint.api_diff import DiffRequest
    from archlint.api_diff import diff as compared
    from archlint.report import output
    from archlint.report.api_changes import RENDERERS
    from archlint.report.progress import progress

    with progress(no_color=no_color) as step:
        found = compared(DiffRequest(base, head, path, config), step)
    code = int(fails(tuple(one.change.level for one in found.changes), fail_on))
    lines = RENDERERS[format_](found, code)
    output.put(lines, output_file, for_people=format_ == "text", no_color=no_color)
    for gap in found.unknown:
        typer.echo(f"archlint: not compared: {gap}", err=True)
    raise typer.Exit(code)


def fails(levels: tuple[str, ...], fail_on: FailOn) -> bool:
    """Whether a change is as grave as what the user wants to fail on."""
    grave = {"error": {"error"}, "warning": {"error", "warning"}, "none": set()}[fail_on]
    return not grave.isdisjoint(levels)
