"""BA1005: what only the build needs is in the image that runs."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from archlint.facts.dockerfile import Instruction
from archlint.findings import Hit, Location
from archlint.service.deployment import Image
from archlint.service.model import Service
from archlint.service.project import join
from archlint.service.scripts import Command

COMPILERS = frozenset({"build-base", "build-essential", "cargo", "clang", "g++", "gcc", "make", "rustc"})
WITHOUT_GROUPS = ("--no-dev", "--no-default-groups", "--only-group", "--no-group")


def check(service: Service) -> Iterator[Hit]:
    """Yield compilers, dev groups and the unfiltered build context in the stages that are shipped."""
    for image in service.images.serving:
        for target in image.targets[-1:]:
            for stage in image.dockerfile.lineage(target):
                for instruction in stage.instructions:
                    for place, what in _leftovers(service, image, instruction):
                        yield Hit(place, {"dockerfile": image.path, "what": what})


def _leftovers(service: Service, image: Image, instruction: Instruction) -> Iterator[tuple[Location, str]]:
    if instruction.keyword == "RUN":
        commands = [c for c in service.commands if _is_in(c, instruction)]
        purged = any({"purge", "remove", "autoremove", "del"} & set(c.words[1:3]) for c in commands)
        for command in commands:
            tools = sorted(COMPILERS & set(command.words)) if _adds_packages(command) and not purged else []
            if tools:
                yield command.location, f"`{tools[0]}`"
            elif _has_dev_group(service) and _syncs_groups(command):
                yield command.location, "the `dev` group"
    elif instruction.keyword == "COPY" and instruction.arguments[:-1] in {(".",), ("./",)}:
        if instruction.flag("from") is None and not _filtered(service, image):
            yield instruction.location, "the whole build context, without a `.dockerignore`"


def _is_in(command: Command, instruction: Instruction) -> bool:
    place = instruction.location
    return command.location.file == place.file and place.line <= command.location.line <= place.end_line


def _adds_packages(command: Command) -> bool:
    return command.program in {"apt", "apt-get", "apk"} and bool({"install", "add"} & set(command.words[1:4]))


def _has_dev_group(service: Service) -> bool:
    pyproject = service.project.pyproject
    chosen = pyproject.file.get("tool", "uv", "default-groups") if pyproject else None
    return any(declared.group == "dev" for declared in service.project.declared) and chosen is None


def _syncs_groups(command: Command) -> bool:
    said = any(word.startswith(WITHOUT_GROUPS) for word in command.words)
    return command.runs("uv", "sync") and not said and "UV_NO_DEV" not in command.environment


def _filtered(service: Service, image: Image) -> bool:
    folders = {b.context for b in image.builds if b.context} or {posixpath.dirname(image.path) or ".", "."}
    ignores = [f"{image.path}.dockerignore", *(join(folder, ".dockerignore") for folder in folders)]
    return any(service.project.has(path) for path in ignores)
