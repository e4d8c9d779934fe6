"""BA0410: the same sources can give another environment tomorrow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, Said
from archlint.service.deployment.command import Command, CommandContext
from archlint.service.model import Service
from archlint.service.packaging.pyproject import Pyproject

MOVING = re.compile(r"(?i)(^|/)(refs/heads/)?(main|master|develop|latest|HEAD)\.(zip|tar\.gz|tgz)$")
BRANCH = frozenset({"HEAD", "dev", "develop", "main", "master", "trunk"})
UV_IMAGE = re.compile(
    r"(?:ghcr\.io/astral-sh/uv|(?:docker\.io/)?astral/uv)(?P<tag>:[\w.-]+)?(?P<digest>@sha256:\w+)?"
)


def check(service: Service) -> Iterator[Said]:
    """Yield sources without a revision, the uv image without a version, upgrades while deploying."""
    pyproject = service.project.pyproject
    if pyproject is not None:
        moving = [*_sources(pyproject), *_requirements(pyproject)]
        yield from moving
        if not moving and service.project.lock is not None and not service.project.lock.problems:
            yield from (Met(Location(file)) for file in (pyproject.file.path, service.project.lock_path))
    for image in service.deployment.holding:
        for instruction in image.dockerfile.instructions:
            words = (instruction.flag("from") or "", *instruction.arguments[:1])
            found = list(filter(_moves, words))
            if found and instruction.keyword in {"COPY", "FROM"}:
                yield _hit(instruction.location, f"`{found[0]}`", "moves with every release of uv")
    yield from (*service.commands.unread, *service.commands.doubted(_resolves_anew))
    for command in service.commands.judged(_resolves_anew):
        yield _hit(command.location, f"`{command.quoted}`", "resolves anew while deploying")


def _hit(location: Location, source: str, problem: str) -> Hit:
    return Hit(location, {"source": source, "problem": problem})


def _sources(pyproject: Pyproject) -> Iterator[Hit]:
    for name, entry in pyproject.file.table("tool", "uv", "sources").items():
        for source in entry if isinstance(entry, list) else [entry]:
            place = pyproject.file.location("tool", "uv", "sources", name)
            if isinstance(source, dict) and "git" in source and "tag" not in source:
                branch = source.get("branch") or (source.get("rev") in BRANCH and source.get("rev"))
                if branch or "rev" not in source:
                    problem = f"follows the branch `{branch}`" if branch else "has no `rev`"
                    yield _hit(place, f"The git source of `{name}`", problem)
            elif isinstance(source, dict) and MOVING.search(str(source.get("url", ""))):
                yield _hit(place, f"The URL of `{name}`", "is of a branch, not of a release")


def _requirements(pyproject: Pyproject) -> Iterator[Hit]:
    for declared in pyproject.declared:
        url = (declared.requirement.url or "").partition("#")[0]
        name, revision = f"The URL of `{declared.requirement.name}`", url.rpartition("/")[2].partition("@")[2]
        if url.startswith("git+") and (not revision or revision in BRANCH):
            problem = f"names the branch `{revision}`" if revision else "names no revision"
            yield _hit(declared.location, name, problem)
        elif MOVING.search(url):
            yield _hit(declared.location, name, "is of a branch, not of a release")


def _moves(image: str) -> bool:
    found = UV_IMAGE.fullmatch(image)
    return found is not None and found["digest"] is None and found["tag"] in {None, ":latest"}


def _resolves_anew(command: Command) -> bool:
    if command.context not in {CommandContext.BUILD, CommandContext.START} or command.program != "uv":
        return False
    verb = next((word for word in command.words[1:] if not word.startswith("-")), "")
    upgrades = {"--upgrade", "-U", "--upgrade-package", "-P"} & set(command.words)
    lowest = re.search(r"--resolution[= ]lowest", " ".join(command.words)) is not None
    lowest = lowest or command.environment.get("UV_RESOLUTION", "").startswith("lowest")
    return verb in {"lock", "run", "sync"} and bool(upgrades or lowest)
