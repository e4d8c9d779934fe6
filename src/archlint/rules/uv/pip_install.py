"""BA0407: pip installs, where uv should."""

from __future__ import annotations

import re
from collections.abc import Iterator

from packaging.utils import canonicalize_name

from archlint.findings import Hit, Link, Location, Met, Said, Severity
from archlint.service.deployment.command import Command
from archlint.service.deployment.installs import pip_targets, uv_targets, without_tools
from archlint.service.model import Service
from archlint.service.semantics.source_roots import find_projects

MANAGERS = frozenset({"hatch", "pdm", "pip-tools", "pipenv", "poetry", "rye", "virtualenv"})
PROGRAMS = frozenset({
    "absolufy-imports", "bandit", "black", "codespell", "coverage", "flake8", "isort", "mypy", "nox",
    "pip-audit", "pre-commit", "pylint", "pyright", "ruff", "safety", "towncrier", "tox",
})  # fmt: skip


def check(service: Service) -> Iterator[Said]:
    """Yield each `pip install` of the images, pipelines, tasks and scripts, and the documents' ones."""
    yield from (*service.commands.unread, *service.commands.doubted(_installs))
    found = list(service.commands.judged(_installs))
    written = [command for command in service.documented_commands if _installs(command)]
    published = {one.name for one in find_projects(service.repository).values()} if written else ()
    found += [
        command
        for command in written
        if any(_distribution(target) not in published for target in _installed(command))
    ]
    for command in found:
        names = set(map(_distribution, _installed(command)))
        fields = {"command": command.quoted, "place": command.place, "remedy": _remedy(names, service)}
        severity = Severity.WARNING if command.is_fallback else None
        within = Link(Location(command.location.file), "installs by pip")
        yield Hit(command.location, fields, severity=severity, within=within)
    yield from (Met(command.location) for command in service.commands.where(_is_uvs))


def _remedy(names: set[str], service: Service) -> str:
    """What takes the place of an install: of other managers, of programs, or of dependencies."""
    if names <= MANAGERS:
        return "Install uv instead, by its image or `astral-sh/setup-uv`, and let it install the project"
    if names <= PROGRAMS:
        name = min(names)
        return f"Run it with `uvx {name}`, or make it a development dependency with `uv add --dev {name}`"
    once = "" if service.project.lock else " once uv.lock is there (BA0401)"
    return f"Use `uv sync --locked`{once}, or `uv pip install` where it is no dependency of the project"


def _is_uvs(command: Command) -> bool:
    return command.runs("uv", "sync") or uv_targets(command) is not None


def _distribution(target: str) -> str:
    return canonicalize_name(re.split(r"[\[=<>~!]", target)[0])


def _installs(command: Command) -> bool:
    return bool(_installed(command))


def _installed(command: Command) -> tuple[str, ...]:
    return without_tools(pip_targets(command) or ())
