"""`archlint init`: begin with archlint in a repository that has many violations."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archlint.cli.notes import no_service
from archlint.cli.options import PathsArgument
from archlint.findings import ArchlintError


def init(
    paths: PathsArgument = None,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Ask nothing.")] = False,
) -> None:
    """Write the configuration, the baseline and the hook of each service.

    The configuration says where the layers are whose directories have other names, as archlint infers them;
    the baseline holds what is found today. What is there already stays as it is: of a file, archlint only
    adds to the end.

    Example: archlint init services/shop --yes
    """
    from archlint.report import output
    from archlint.setting_up import proposal

    found = proposal(tuple(paths or [Path()]))
    if not found.services:
        raise ArchlintError(no_service(paths or ()))
    for service in found.services:
        output.write(f"Service {service.root}\n")
        output.write("".join(f"  {line}\n" for line in service.shown))
    for file in found.files:
        output.write(f"{'adds to' if file.before else 'writes'} {file.path}\n")
    if not yes and not typer.confirm("Go on?", default=True, err=True):
        raise typer.Exit(1)
    for file in found.files:
        output.write_file(Path(file.place), file.after)
    if found.hook:
        output.write(f"\n{found.hook}")
    todo = "Now commit these files" if found.files else "All of it is there already"
    output.write(f"\nIn CI:\n\n{found.ci}\n{todo}; `archlint check` reports what is not in the baseline.\n")
