"""BA0410: the same sources can give another environment tomorrow."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.findings import Hit, Location
from archlint.service.model import Service
from archlint.service.project import Pyproject
from archlint.service.scripts import Command, Context

MOVING = re.compile(r"(?i)(^|/)(refs/heads/)?(main|master|develop|latest|HEAD)\.(zip|tar\.gz|tgz)$")
UV_IMAGE = re.compile(r"ghcr\.io/astral-sh/uv(?P<tag>:[\w.-]+)?(?P<digest>@sha256:\w+)?")


def check(service: Service) -> Iterator[Hit]:
    """Yield sources without a revision, the uv image without a version, upgrades while deploying."""
    if service.project.pyproject is not None:
        yield from _sources(service.project.pyproject)
        yield from _requirements(service.project.pyproject)
    for image in service.deployment.images:
        for instruction in image.dockerfile.instructions:
            words = (instruction.flag("from"), *instruction.arguments[:1])
            found = [word for word in words if word is not None and _moves(word)]
            if found and instruction.keyword in {"COPY", "FROM"}:
                yield _hit(instruction.location, f"`{found[0]}`", "moves with every release of uv")
    for command in service.commands.where(_resolves_anew):
        yield _hit(command.location, f"`{' '.join(command.words[:4])}`", "resolves anew while deploying")


def _hit(location: Location, source: str, problem: str) -> Hit:
    return Hit(location, {"source": source, "problem": problem})


def _sources(pyproject: Pyproject) -> Iterator[Hit]:
    for name, entry in pyproject.file.table("tool", "uv", "sources").items():
        for source in entry if isinstance(entry, list) else [entry]:
            place = pyproject.file.location("tool", "uv", "sources", name)
            if isinstance(source, dict) and "git" in source and not {"rev", "tag"} & source.keys():
                branch = f"follows the branch `{source['branch']}`" if "branch" in source else "has no `rev`"
                yield _hit(place, f"The git source of `{name}`", branch)
            elif isinstance(source, dict) and MOVING.search(str(source.get("url", ""))):
                yield _hit(place, f"The URL of `{name}`", "is of a branch, not of a release")


def _requirements(pyproject: Pyproject) -> Iterator[Hit]:
    for declared in pyproject.declared:
        url = (declared.requirement.url or "").partition("#")[0]
        name = f"The URL of `{declared.requirement.name}`"
        if url.startswith("git+") and "@" not in url.rpartition("/")[2]:
            yield _hit(declared.location, name, "names no revision")
        elif MOVING.search(url):
            yield _hit(declared.location, name, "is of a branch, not of a release")


def _moves(image: str) -> bool:
    match = UV_IMAGE.fullmatch(image)
    return match is not None and match["digest"] is None and match["tag"] in {None, ":latest"}


def _resolves_anew(command: Command) -> bool:
    if command.context not in {Context.BUILD, Context.START} or command.program != "uv":
        return False
    upgrades = command.words[1:2] in (("lock",), ("sync",)) and {"--upgrade", "-U"} & set(command.words)
    return bool(upgrades) or any(word.startswith("--resolution=lowest") for word in command.words)
