"""BA0407: pip installs, where uv should."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from archlint.findings import Hit, Met, Said
from archlint.service.deployment.command import Command
from archlint.service.deployment.installs import pip_targets, uv_targets, without_tools
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each `pip install` of the images, pipelines, tasks and scripts, and the documents' ones."""
    yield from service.commands.unread
    name = service.project.pyproject.name if service.project.pyproject else None
    found = list(service.commands.where(lambda command: bool(_installed(command))))
    found += [
        command
        for command in service.documented_commands
        if any(_distribution(target) != name for target in _installed(command))
    ]
    for command in found:
        first, *others = _installed(command)
        shown = f"pip install {first}" + (" …" if others else "")
        yield Hit(command.location, {"command": shown, "place": command.place})
    yield from (Met(command.location) for command in service.commands.where(_is_uvs))


def _is_uvs(command: Command) -> bool:
    return command.runs("uv", "sync") or uv_targets(command) is not None


def _distribution(target: str) -> str:
    return canonicalize_name(re.split(r"[\[=<>~!]", target)[0])


def _installed(command: Command) -> tuple[str, ...]:
    return without_tools(pip_targets(command) or ())
