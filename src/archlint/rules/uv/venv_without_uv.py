"""BA0408: another tool than uv makes the virtual environment."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Severity
from archlint.service.deployment.command import Command
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each command that makes an environment with venv, virtualenv or conda."""
    yield from (*service.commands.unread, *service.commands.doubted(_makes_environment))
    for command in (
        *service.commands.judged(_makes_environment),
        *filter(_makes_environment, service.documented_commands),
    ):
        once = "" if service.project.lock else " once uv.lock is there (BA0401)"
        fields = {"command": command.quoted, "place": command.place, "once": once}
        yield Hit(command.location, fields, severity=Severity.WARNING if command.is_fallback else None)
    yield from (Met(command.location) for command in service.commands.where(_is_uvs))


def _is_uvs(command: Command) -> bool:
    return any(command.runs("uv", verb) for verb in ("sync", "venv", "run"))


def _makes_environment(command: Command) -> bool:
    """Whether an environment is made; asking such a tool for its version or help makes none."""
    if command.runs("conda|mamba|micromamba", "create") or command.runs("conda|mamba", "env", "create"):
        return True
    return command.runs("venv|virtualenv|pyvenv") and not all(w.startswith("-") for w in _given(command))


def _given(command: Command) -> tuple[str, ...]:
    return command.words[3:] if command.words[1:2] == ("-m",) else command.words[1:]
