"""BA0407: pip installs, where uv should."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.installs import pip_targets, without_tools
from archlint.service.model import Service
from archlint.service.scripts import Command


def check(service: Service) -> Iterator[Hit]:
    """Yield each `pip install` that the images, pipelines, tasks and scripts of the service run."""
    for command in service.commands.where(lambda command: bool(_installed(command))):
        first, *others = _installed(command)
        shown = f"pip install {first}" + (" …" if others else "")
        yield Hit(command.location, {"command": shown, "place": command.place})


def _installed(command: Command) -> tuple[str, ...]:
    return without_tools(pip_targets(command) or ())
