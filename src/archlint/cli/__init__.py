"""The command line: one module for each command, whose function of the same name is the command."""

from __future__ import annotations

from importlib import import_module
from typing import Annotated

import typer

from archlint import __version__

COMMANDS = ("check", "routes", "schema", "openapi", "graph", "rules", "explain", "spec")

app = typer.Typer(
    name="archlint",
    no_args_is_help=True,
    add_completion=False,
    suggest_commands=False,  # click does
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would triple its time
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 no violations, 1 violations, 2 archlint could not do its work. "
    "ARCHLINT_DEBUG=1 shows where archlint itself went wrong.",
)
for name in COMMANDS:
    app.command(name)(getattr(import_module(f"archlint.cli.{name}"), name))


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"archlint {__version__}")
        raise typer.Exit


@app.callback()
def main(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version and stop.", callback=_print_version, is_eager=True),
    ] = False,
) -> None:
    """Tell where a FastAPI service breaks the architecture standard, without running it.

    Example: archlint check .
    """
