"""What to tell who calls archlint as another tool is called: which option, command or key does that here."""

from __future__ import annotations

from pathlib import Path

import click
from typer.core import TyperCommand

COMMANDS_ELSEWHERE = {
    "add": "baseline --add",
    "fix": "check --fix",
    "format": "check --fix",
    "help": "--help",
    "lint": "check",
    "rule": "explain",
    "run": "check",
    "scan": "check",
    "suppress": "baseline --add",
    "test": "check",
    "version": "--version",
}
"""What other tools call commands, and what does that here."""

OPTIONS_ELSEWHERE = {
    "all": "`--select ALL` runs every rule, and `--no-baseline` lets all findings count",
    "baseline": "`archlint baseline` writes the file, and every check reads it",
    "cache-dir": "the variable ARCHLINT_CACHE_DIR says where the cache is",
    "exclude": 'files are left out by `exclude = ["…"]` in [tool.archlint]',
    "ignore-all": "`archlint baseline` accepts what there is today",
    "j": "archlint uses what processors there are",
    "jobs": "archlint uses what processors there are",
    "layers": "layers are mapped in [tool.archlint.layers]",
    "no-cache": "an empty folder in the variable ARCHLINT_CACHE_DIR makes a run without a cache",
    "service": "name the service's folder as PATH",
    "severity": "severities are set in [tool.archlint.severity]",
    "stdin-filename": "archlint reads the files of a repository, not standard input",
    "v": "`--timing` tells what a check does, and `archlint explain CODE` what a finding means",
    "verbose": "`--timing` tells what a check does, and `archlint explain CODE` what a finding means",
}
"""What other tools have options for, and what does that here."""


class AdvisedCommand(TyperCommand):
    """A command whose complaints about its arguments say what to do instead."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parse them. Raises UsageError that names what was meant, where that is known."""
        try:
            rest = super().parse_args(ctx, args)
        except click.NoSuchOption as error:
            if advice := _advice(error.option_name.lstrip("-"), ctx.command):
                raise click.UsageError(f"{error.message.rstrip('.')}; {advice}", ctx) from error
            raise
        except click.BadOptionUsage as error:
            raise click.UsageError(_lacking(error, ctx), ctx) from error
        except click.BadParameter as error:
            if error.param is not None and isinstance(error.param.type, click.types.IntRange):
                least = f" from {error.param.type.min} on" if error.param.type.min is not None else ""
                raise click.UsageError(f"{error.param.opts[0]} takes a whole number{least}", ctx) from error
            raise
        except click.UsageError as error:
            if error.message.startswith("Got unexpected extra argument"):
                raise click.UsageError(f"{error.message}; {_taken(ctx.command)}", ctx) from error
            raise
        _refuse_options_as_paths(ctx)
        return rest


def _lacking(error: click.BadOptionUsage, ctx: click.Context) -> str:
    """What an option takes that was given nothing."""
    own = (one for one in ctx.command.params if error.option_name in one.opts)
    option = next((one for one in own if isinstance(one, click.Option)), None)
    if option is None or not option.help:
        return error.message
    return f"{error.message.rstrip('.')}, {option.make_metavar(ctx)}: {option.help}"


def _advice(option: str, command: click.Command) -> str:
    """What does the same here: an option of this command, of another, or something else."""
    if option in OPTIONS_ELSEWHERE:
        return OPTIONS_ELSEWHERE[option]
    for parameter in command.params:
        own = max(parameter.opts, key=len)
        if own.startswith("--") and (own.endswith(f"-{option}") or option.endswith(own.removeprefix("-"))):
            return f"did you mean `{own}`?"
        if isinstance(parameter.type, click.Choice) and option in parameter.type.choices:
            return f"`{own} {option}` does that"
    from archlint.cli import COMMANDS, command_of

    others = (name for name in COMMANDS if _has(command_of(name), f"--{option}"))
    return next((f"`archlint {name} --{option}` does that" for name in others), "")


def _has(command: click.Command, option: str) -> bool:
    return any(option in parameter.opts for parameter in command.params)


def _taken(command: click.Command) -> str:
    """Which arguments the command takes; one that lists the standard takes none."""
    if taken := _arguments(command):
        return f"it takes {' '.join(one.make_metavar(click.Context(command)) for one in taken)}"
    return "it takes none, and `archlint explain` tells of a rule, a requirement or a clause"


def _refuse_options_as_paths(ctx: click.Context) -> None:
    """Raises UsageError for what only lacks its dashes, as `archlint baseline add`."""
    values = [ctx.params.get(one.name or "") for one in _arguments(ctx.command)]
    for name in [
        str(one) for value in values for one in (value if isinstance(value, list | tuple) else (value,))
    ]:
        if _has(ctx.command, f"--{name}") and not Path(name).exists():
            raise click.UsageError(f"{name} does not exist; did you mean `--{name}`?", ctx)


def _arguments(command: click.Command) -> list[click.Argument]:
    return [parameter for parameter in command.params if isinstance(parameter, click.Argument)]
