"""The other repositories that pipelines and scripts clone: images and stacks may be made there."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint import documents
from archlint.discover import Repository
from archlint.facts.yaml import YamlMapping, YamlScalar
from archlint.findings import Location
from archlint.service.deployment.ci import WORKFLOW
from archlint.service.deployment.command import Command

_CLONE = re.compile(r"\bgit\s+clone\s[^\n;&|]*?(\b(?:\w+://|git@)\S+)")
_ADDRESS = re.compile(r"://|^git@")
_BUILDS = re.compile(r"(?i)docker[\w-]*file|docker\s+(buildx\s+)?build|build-push-action")


class Companion(Struct, frozen=True):
    """Another repository by its address without scheme and ending, and where it is cloned.

    `builds` says that a workflow that clones it builds an image as well.
    """

    name: str
    location: Location
    builds: bool = False


def companions(repository: Repository, commands: Iterable[Command]) -> Iterator[Companion]:
    """What commands clone, and what workflows check out or clone in what they hand to other workflows."""
    for command in commands:
        url = next((word for word in command.words if _ADDRESS.search(word)), None)
        if command.runs("git", "clone") and url is not None:
            yield Companion(_name(url), command.location, _builds(repository, command.location.file))
    for file in repository.files:
        if WORKFLOW.fullmatch(file):
            builds = _builds(repository, file)
            for step in documents.yaml(repository, file).walk():
                yield from _of_step(step, builds)


def _of_step(step: YamlMapping, builds: bool) -> Iterator[Companion]:
    given = step.mapping("with")
    name = given.text("repository") if given else None
    if name and "$" not in name and (step.text("uses") or "").startswith("actions/checkout"):
        yield Companion(name, step.location, builds)
    for key, value in step.entries:
        found = _CLONE.search(value.text) if isinstance(value, YamlScalar) and key.text != "run" else None
        if found is not None:
            yield Companion(_name(found[1]), value.location, builds)


def _builds(repository: Repository, file: str) -> bool:
    return documents.finds(repository, file, _BUILDS)


def _name(url: str) -> str:
    return url.rstrip("/").removesuffix(".git").rpartition(":")[2].removeprefix("//")
