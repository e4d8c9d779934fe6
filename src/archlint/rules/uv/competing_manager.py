"""BA0406: another package manager than uv has a say."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, Said
from archlint.paths import join
from archlint.service.deployment.command import Command
from archlint.service.model import Service
from archlint.service.packaging.managers import instead_of

FILES = {
    "poetry.lock": "Poetry",
    "Pipfile": "Pipenv",
    "Pipfile.lock": "Pipenv",
    "pdm.lock": "PDM",
    "environment.yml": "conda",
    "environment.yaml": "conda",
    "pixi.lock": "pixi",
    "pixi.toml": "pixi",
}
VERBS = {
    "poetry": ("add", "install", "lock", "run", "sync", "update"),
    "pipenv": ("install", "lock", "run", "sync", "update"),
    "pdm": ("add", "install", "lock", "run", "sync", "update"),
    "conda": ("create", "install", "update", "env"),
    "mamba": ("create", "install", "update", "env"),
    "pixi": ("add", "install", "lock", "run", "shell", "update"),
}
NAMES = {
    "poetry": "Poetry",
    "pipenv": "Pipenv",
    "pdm": "PDM",
    "conda": "conda",
    "mamba": "conda",
    "pixi": "pixi",
}


def check(service: Service) -> Iterator[Said]:
    """Yield each manifest and lock of another tool, and its first call in each file."""
    yield from (*service.commands.unread, *service.commands.doubted(_is_call))
    manifests = list(_manifests(service))
    yield from manifests
    seen: set[tuple[str, str]] = set()
    for command in service.commands.judged(_is_call):
        key = (command.location.file, command.program)
        if key not in seen:
            seen.add(key)
            what = f"`{command.program} {command.words[1]}` in {command.place}"
            yield _hit(service, command.location, what, NAMES[command.program])
    if service.project.pyproject is not None and not manifests and not seen:
        yield Met(Location(service.project.pyproject.file.path))
        yield from (Met(command.location) for command in service.commands)


def _manifests(service: Service) -> Iterator[Hit]:
    pyproject = service.project.pyproject
    if pyproject is not None and pyproject.file.table("tool", "poetry", "dependencies"):
        place = pyproject.file.location("tool", "poetry", "dependencies")
        yield _hit(service, place, "`[tool.poetry.dependencies]`", "Poetry")
    for folder in dict.fromkeys((service.root, pyproject.folder if pyproject else service.root)):
        for name, tool in FILES.items():
            path = join(folder, name)
            if service.repository.has(path):
                yield _hit(service, Location(path), f"`{path}`", tool)


def _hit(service: Service, place: Location, what: str, tool: str) -> Hit:
    return Hit(place, {"what": what, "tool": tool, "remedy": instead_of(service.project, tool)})


def _is_call(command: Command) -> bool:
    verbs = VERBS.get(command.program, ())
    return command.words[1:2] != () and command.words[1] in verbs
