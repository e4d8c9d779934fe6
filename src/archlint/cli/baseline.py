"""`archlint baseline`: begin with today's findings, and let their number only shrink."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archlint.cli.notes import no_service
from archlint.cli.options import ConfigFile, NoColor, PathsArgument
from archlint.findings import ArchlintError

if TYPE_CHECKING:
    from archlint.accepting import Accepted


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArchlintError(f"--until takes a day as 2027-03-01, not `{text}`") from error


def baseline(  # noqa: PLR0913, PLR0917 (each is an option)
    paths: PathsArgument = None,
    prune: Annotated[bool, typer.Option("--prune", help="Take out the entries that are gone.")] = False,
    add: Annotated[
        str | None,
        typer.Option(metavar="REASON", help="Add what PATH has of new findings.", show_default=False),
    ] = None,
    owner: Annotated[
        str | None, typer.Option(metavar="NAME", help="With --add: who answers for it.", show_default=False)
    ] = None,
    until: Annotated[
        date | None,
        typer.Option(
            parser=_day,
            metavar="YYYY-MM-DD",
            help="With --add: the last day on which it does not count.",
            show_default=False,
        ),
    ] = None,
    against: Annotated[
        str | None,
        typer.Option(metavar="REF", help="Tell what changed since this commit.", show_default=False),
    ] = None,
    config: ConfigFile = None,
    no_color: NoColor = False,
) -> None:
    """Write down the findings of today in archlint-baseline.json, so that `check` reports only others.

    The file lies in each service's folder and belongs into git. Where it is there already, this tells how
    much is left. It only shrinks: --prune takes out what is gone, and adding needs a reason.

    Example: archlint baseline --add "moves with the billing project" --owner team-pay --until 2027-03-01
    """
    from archlint.accepting import BaselineRequest, accept
    from archlint.baseline import written
    from archlint.loading import Request
    from archlint.report import output
    from archlint.report.progress import progress

    if add is not None and not add.strip():
        raise ArchlintError('--add takes the reason why this may be: --add "the reason"')
    if add is None and (owner or until):
        raise ArchlintError("--owner and --until are for --add")
    if until is not None and until < date.today():
        raise ArchlintError(f"--until {until} is over already")
    request = Request(tuple(paths or [Path()]), config_file=config)
    with progress(no_color=no_color) as step:
        accepted = accept(request, BaselineRequest(prune, add, owner or "", until, against), step)
    if not accepted:
        raise ArchlintError(no_service(paths or ()))
    for one in accepted:
        if one.changed:
            output.write_file(Path(one.place), written(one.entries))
        output.write("".join(f"{line}\n" for line in _said(one)))


def _said(one: Accepted) -> Iterator[str]:
    """What was done to a file, and what it holds."""
    from archlint.report.words import counted

    holds = counted(len(one.entries), "finding")
    yield f"{one.path}: {'written, ' if one.changed else ''}{holds}"
    for title, counts in (("by requirement", one.by_requirement), ("by rule", one.by_rule)):
        if counts:
            yield (f"  {title}: " + ", ".join(f"{name} {count}" for name, count in counts.items()))
    changes = {"added": one.added, "taken out": one.pruned, "renamed with their files": one.moved}
    yield from (f"  {count} {done}" for done, count in changes.items() if count)
    if one.before is not None:
        yield f"  {one.before} at {one.against}: {len(one.entries) - one.before:+d}"
    if one.stale:
        yield f"  {one.stale} of them met by nothing any more: `archlint baseline --prune` takes them out"
    if one.new:
        yield f'  {one.new} not in it: correct them, or add them with --add "the reason"'
