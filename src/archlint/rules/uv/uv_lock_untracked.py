"""BA0403: uv.lock is on somebody's disk, but not where the build looks."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator

from archlint.facts.dockerfile import Instruction
from archlint.findings import Hit, Location, Met, Said
from archlint.ignores import docker_ignores, git_ignores
from archlint.paths import is_inside, join
from archlint.service.deployment.dockerfiles import Image
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield the line that ignores the lock, or the lock that nobody added."""
    lock, repository = service.project.lock_path, service.repository
    tracked = repository.tracked
    if tracked is None or lock not in tracked:
        ignored = git_ignores(repository, lock)
        if ignored is not None:
            yield Hit(ignored, {"lock": lock, "problem": "is ignored by git", "missed_by": "git"})
        elif tracked is not None and service.repository.has(lock):
            problem = "is not tracked by git"
            yield Hit(Location(lock), {"lock": lock, "problem": problem, "missed_by": "git"})
    left_out = [hit for image in service.images.serving for hit in _left_out(service, image)]
    yield from left_out
    if tracked is not None and lock in tracked and not left_out:
        yield Met(Location(lock))


def _left_out(service: Service, image: Image) -> Iterator[Hit]:
    """The image's build runs `uv sync`, and its context has the lock taken out."""
    lock = service.project.lock_path
    syncs = any(c.runs("uv", "sync") and c.location.file == image.path for c in service.commands)
    syncs = syncs or any(_asks_for_lock(instruction) for instruction in image.dockerfile.instructions)
    for context in service.deployment.contexts(image) if syncs else ():
        beside = f"{image.path}.dockerignore"
        ignore_file = beside if service.repository.has(beside) else join(context, ".dockerignore")
        inside = is_inside(lock, context)
        if inside and service.repository.has(ignore_file):
            line = docker_ignores(service.repository, ignore_file, posixpath.relpath(lock, context))
            if line is not None:
                problem = f"is kept out of the build of `{image.path}`"
                yield Hit(line, {"lock": lock, "problem": problem, "missed_by": image.path})


def _asks_for_lock(instruction: Instruction) -> bool:
    """Whether the lock is copied, or mounted, from the context by its name."""
    named = any(posixpath.basename(source) == "uv.lock" for source in instruction.arguments[:-1])
    mounts = (flag for flag in instruction.flags if flag.startswith("--mount="))
    copied = instruction.keyword in {"ADD", "COPY"} and instruction.flag("from") is None and named
    return copied or any(re.search(r"source=(\./)?([\w/-]+/)?uv\.lock", text) for text in mounts)
