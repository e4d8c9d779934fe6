"""BA1005: what only the build needs is in the image that runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.dockerfile import Instruction, Stage
from archlint.findings import Hit, Location, Met, Said
from archlint.service.deployment.command import Command
from archlint.service.deployment.dockerfiles import Image
from archlint.service.deployment.installs import development_part
from archlint.service.deployment.virtualenvs import StageReader, is_install, takes_parts_only
from archlint.service.model import Service

COMPILERS = frozenset({"build-base", "build-essential", "cargo", "clang", "g++", "gcc", "make", "rustc"})
REMOVALS = frozenset({"autoremove", "del", "purge", "remove"})


def check(service: Service) -> Iterator[Said]:
    """Yield compilers, dev groups and the unfiltered build context in the stages that are shipped."""
    for image in service.images.serving:
        reader = service.stages.of(image.dockerfile)
        for target in service.images.shipped(image)[-1:]:
            groups = {what: place for place, what in reversed(list(_groups(service, reader, target)))}
            found = [*_leftovers(service, image, reader, target), *((groups[what], what) for what in groups)]
            for place, what in found:
                yield Hit(place, {"dockerfile": image.path, "what": what})
            if not found:
                yield Met(target.location)


def _leftovers(
    service: Service, image: Image, reader: StageReader, target: Stage
) -> Iterator[tuple[Location, str]]:
    needless = COMPILERS.difference(command.program for command in service.commands.started[image.path])
    for instruction in reader.steps(target, "RUN"):
        commands = reader.of(instruction)
        purged = any(REMOVALS & set(command.words[1:3]) for command in commands)
        for command in commands if not purged else ():
            tools = sorted(needless & {_package(word) for word in command.words})
            if _adds_packages(command) and tools and "--virtual" not in command.words:
                yield command.location, f"the compiler tools of `{tools[0]}`"
    is_filtered = any(map(service.repository.has, image.ignore_files))
    for keyword in ("COPY", "ADD") if not is_filtered else ():
        for instruction in reader.steps(target, keyword):
            if _takes_context(instruction):
                yield instruction.location, "the whole build context, which no `.dockerignore` filters"


def _groups(service: Service, reader: StageReader, target: Stage) -> Iterator[tuple[Location, str]]:
    """The development dependencies that are installed in a stage or in one whose environment it takes."""
    pending, seen = [target], {target.index}
    while pending:
        stage = pending.pop()
        for instruction in reader.steps(stage, "RUN"):
            installs = [command for command in reader.of(instruction) if is_install(command)]
            parts = [development_part(command, service.project) for command in installs]
            if None not in parts:  # a condition decides between an install with one and without
                pairs = zip(installs, parts, strict=True)
                yield from ((command.location, part) for command, part in pairs if part)
        for copy, source in reader.copies(stage):
            is_new = source is not None and source.index not in seen and not takes_parts_only(copy)
            if is_new and source is not None and reader.takes_environment(copy, source):
                seen.add(source.index)
                pending.append(source)


def _package(word: str) -> str:
    return re.split(r"[=:<>~]", word, maxsplit=1)[0]


def _adds_packages(command: Command) -> bool:
    return command.program in {"apt", "apt-get", "apk"} and bool({"install", "add"} & set(command.words[1:6]))


def _takes_context(instruction: Instruction) -> bool:
    return instruction.arguments[:-1] in {(".",), ("./",)} and instruction.flag("from") is None
