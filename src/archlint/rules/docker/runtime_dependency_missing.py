"""BA1004: the image that runs lacks the dependencies, or does not find them."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.dockerfile import Stage
from archlint.findings import Hit
from archlint.service.deployment import Image
from archlint.service.images import is_server
from archlint.service.model import Service
from archlint.service.virtualenvs import StageReader, arrives_at, only_groups, takes_parts_only


def check(service: Service) -> Iterator[Hit]:
    """Yield each image that serves the service and whose last stage is short of what was installed."""
    for image in service.images.serving:
        reader = StageReader(image.dockerfile, service.commands.all)
        for target in image.targets[-1:]:
            problem = _missing(reader, target) or _unreachable(service, image, reader, target)
            if problem is not None:
                yield Hit(target.location, {"dockerfile": image.path, "problem": problem})


def _missing(reader: StageReader, target: Stage) -> str | None:
    """What the stage lacks altogether; nothing where a copy may bring it."""
    installs = reader.installs(target)
    if installs and all(only_groups(command) for command in installs):
        return "installs a dependency group without the dependencies themselves"
    brought = [(copy, stage) for copy, stage in reader.copies(target) if not takes_parts_only(copy)]
    if installs or not reader.is_clear(target) or any(stage is None for _, stage in brought):
        return None
    if any(not reader.is_clear(stage) or reader.installs(stage) for _, stage in brought if stage):
        return None
    return "neither installs the dependencies nor copies an environment that has them"


def _unreachable(service: Service, image: Image, reader: StageReader, target: Stage) -> str | None:
    """Where the environment that was copied here is not where its programs think it is, or on no PATH."""
    started = service.commands.started.get(image.path, ())
    servers = [command for command in started if is_server(command)]
    programs = {command.program for command in started}
    if not servers or "uv" in programs or {".", "source"} & programs:
        return None
    path = servers[0].environment.get("PATH", "")
    for copy, stage in reader.copies(target):
        made = reader.environment(stage) if stage is not None else None
        if made is None or made.made_at is None:
            continue
        at = arrives_at(made.made_at, copy, reader.folder(target, copy))
        if at is None or reader.installs(target):
            continue
        if at != made.made_at and "-m" not in servers[0].words:
            return f"has at `{at}` an environment that was made for `{made.made_at}`"
        by_name = "/" not in servers[0].words[0]
        if by_name and f"{at}/bin" not in path and "$" not in path.replace("$PATH", "").replace("${PATH}", ""):
            return f"does not have `{at}/bin` on its PATH"
    return None
