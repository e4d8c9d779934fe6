"""The command line: one module for each command, whose function of the same name is the command.

A command's module is imported when the command is called or listed, so that no command pays for another.
"""

from __future__ import annotations

from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Annotated

import click
import typer
from typer.core import TyperGroup

from archlint import __version__
from archlint.cli.usage import COMMANDS_ELSEWHERE, AdvisedCommand
from archlint.proposals import suggestion

COMMANDS = (
    "check", "init", "baseline", "plan", "report", "diff", "routes", "schema", "openapi", "graph", "rules",
    "explain", "spec",
)  # fmt: skip

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class CommandGroup(TyperGroup):
    """The commands by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, imported now."""
        return command_of(cmd_name) if cmd_name in COMMANDS else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is called. Raises UsageError that proposes the nearest."""
        if args and args[0] not in COMMANDS and not args[0].startswith("-"):
            meant = COMMANDS_ELSEWHERE.get(args[0])
            meant = meant or (f"check {args[0]}" if Path(args[0]).exists() else "")
            proposal = f"; did you mean `archlint {meant}`?" if meant else suggestion(args[0], COMMANDS)
            ctx.fail(f"no command is called `{args[0]}`{proposal or '; they are ' + ', '.join(COMMANDS)}")
        return super().resolve_command(ctx, args)


@cache
def command_of(name: str) -> click.Command:
    """The command of this name, whose module is imported now."""
    alone = typer.Typer(add_completion=False, rich_markup_mode=None, context_settings=CONTEXT)
    alone.command(name, cls=AdvisedCommand)(getattr(import_module(f"archlint.cli.{name}"), name))
    return typer.main.get_command(alone)


app = typer.Typer(
    name="archlint",
    cls=CommandGroup,
    no_args_is_help=True,
    add_completion=False,
    suggest_commands=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # plain help: rich would triple its time
    context_settings=CONTEXT,
    epilog="Exit codes: 0 no violations, 1 violations, 2 archlint could not do its work. "
    "ARCHLINT_DEBUG=1 shows where archlint itself went wrong.",
)


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
