"""`archlint schema`: the tables of models and of migrations, and how they differ."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from archlint.cli.notes import no_service
from archlint.cli.options import ConfigFile, NoColor, PathsArgument
from archlint.findings import ArchlintError


def schema(
    paths: PathsArgument = None,
    format_: Annotated[
        Literal["text", "json", "mermaid"],
        typer.Option(
            "--format", help="Tables side by side, JSON for programs, or an ER diagram of the models."
        ),
    ] = "text",
    config: ConfigFile = None,
    no_color: NoColor = False,
) -> None:
    """Compare the tables of the models with those that the migrations build.

    archlint reads the models that env.py loads and replays the revisions, without a database. What differs is
    what `alembic check` would find: red in the migrations, green in the models, `!` before both.

    Example: archlint schema services/shop --format mermaid
    """
    from archlint.loading import load
    from archlint.report import output
    from archlint.report.progress import progress
    from archlint.report.safe import json_text, log_lines
    from archlint.report.schema_diagram import diagram
    from archlint.report.schema_document import document
    from archlint.report.schema_table import table

    with progress(no_color=no_color) as step:
        services = load(tuple(paths or [Path()]), config, step).services
        if not services:
            raise ArchlintError(no_service(paths or ()))
        step("reading models and migrations")
        lines = [line for service in services for line in table(service)] if format_ == "text" else []
    if format_ == "json":
        output.write(json_text(document(services)) + "\n")
    elif format_ == "mermaid":
        output.write(log_lines(diagram(services)))
    else:
        output.write_lines(lines, colour=output.wants_colour(no_color))
