"""BA1004: the image that runs lacks the dependencies, or does not find them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlint.facts.dockerfile import Stage
from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.deployment.command import Command
from archlint.service.deployment.dockerfiles import Image
from archlint.service.deployment.installs import only_groups
from archlint.service.deployment.virtualenvs import StageReader, VirtualEnvironment, misses, takes_parts_only
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each image that serves the service and whose last stage is short of what was installed."""
    for image in service.images.serving:
        reader = service.stages.of(image.dockerfile)
        for target in service.images.shipped(image)[-1:]:
            problem = _missing(reader, target) or _unreachable(service, image, reader, target)
            if problem is not None:
                yield Hit(target.location, {"dockerfile": image.path, "problem": problem})
            elif not reader.brings(target) and not reader.environments(target):
                what = f"the dependencies in `{image.path}`"
                yield Unknown(what, target.location, "where they come from is not known")
            else:
                yield Met(target.location)


def _missing(reader: StageReader, target: Stage) -> str | None:
    """What the stage lacks altogether; nothing where a copy or its base may bring it."""
    installs = reader.installs(target)
    if installs:
        partial = all(only_groups(command) for command in installs)
        return "installs a dependency group without the dependencies themselves" if partial else None
    brought = [(copy, stage) for copy, stage in reader.copies(target) if not takes_parts_only(copy)]
    sources = [stage for _, stage in brought if stage is not None]
    if not reader.is_clear(target) or len(sources) < len(brought):
        return None
    full = [stage for stage in sources if reader.brings(stage)]
    if not full and all(map(reader.is_clear, sources)):
        return "neither installs the dependencies nor copies an environment that has them"
    places = [reader.places(stage) for stage in full]
    known = frozenset(place for found in places for place in found or ())
    if full and None not in places and all(misses(copy, known) for copy, _ in brought):
        return f"copies nothing of what `{full[0].name or full[0].index}` installed"
    return None


def _unreachable(service: Service, image: Image, reader: StageReader, target: Stage) -> str | None:
    """Where the environment that was copied here does not work here, or is on no PATH."""
    started = service.commands.started.get(image.path, ())
    servers = [command for command in started if service.images.is_server(command)]
    programs = {command.program for command in started}
    if reader.installs(target) or not servers or programs & {"uv", ".", "source", "export"}:
        return None
    problems = [_problem(reader, target, one, servers[-1]) for one in reader.environments(target)]
    return problems[0] if problems and all(problems) else None


def _problem(reader: StageReader, target: Stage, one: VirtualEnvironment, server: Command) -> str | None:
    python = reader.python(target)
    if one.at is None or one.made_at is None:
        return None
    if one.lost is not None:
        return f"has at `{one.at}` an environment, and not its Python, which uv put into `{one.lost}`"
    if one.python and python and one.python != python:
        return f"has Python {python}, and at `{one.at}` an environment that was made with {one.python}"
    if one.at != one.made_at and "-m" not in server.words and not one.relocatable:
        return f"has at `{one.at}` an environment that was made for `{one.made_at}`"
    path: Sequence[str] | None = reader.path(target, server.environment.get("PATH"))
    if "/" not in server.words[0] and path is not None and f"{one.at}/bin" not in path:
        return f"does not have `{one.at}/bin` on its PATH"
    return None
