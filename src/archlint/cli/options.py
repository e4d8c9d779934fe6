"""The arguments and options that several commands take, so that each is called and explained alike."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

PathsArgument: TypeAlias = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[PATH]...", help="Folders or files; without any, this folder.", show_default=False
    ),
]
ConfigFile: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Take the configuration of every service from this file.")
]
OutputFile: TypeAlias = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write to this file, whole or not at all.")
]
NoColor: TypeAlias = Annotated[
    bool, typer.Option("--no-color", help="Write without colours, as with NO_COLOR=1.")
]
