"""BA1003: the service's image is built in one stage."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.dockerfile import Dockerfile, Instruction, Stage
from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.deployment.dockerfiles import Image
from archlint.service.deployment.virtualenvs import takes_parts_only
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each Dockerfile of the service none of whose deployed stages copies from an earlier one."""
    for image in service.images.serving:
        yield from _judge(image, service.images.shipped(image))


def _judge(image: Image, targets: tuple[Stage, ...]) -> Iterator[Hit | Unknown | Met]:
    file = image.dockerfile
    if any(_copies_built(file, stage) for target in targets for stage in file.lineage(target)):
        yield Met(targets[-1].location)
        return
    if file.problems:
        yield file.problems[0]
        return
    unresolved = [stage for target in targets for stage in file.lineage(target) if _is_open(file, stage)]
    for stage in unresolved[:1]:
        yield Unknown(
            f"the stages of `{file.path}`", stage.location, "a variable decides where it comes from"
        )
    if not unresolved and targets:
        built, several = targets[-1], len(file.stages) > 1
        into = "its last one" if built is file.stages[-1] else f"`{built.name}`"
        problem = f"copies nothing from an earlier stage into {into}" if several else "has one stage only"
        yield Hit(built.location, {"dockerfile": file.path, "problem": problem})


def _copies_built(file: Dockerfile, stage: Stage) -> bool:
    """Whether a stage takes something from an earlier one, a tool out of a mere name for an image aside."""
    named = (copy.flag("from") or "" for copy in _copies(stage) if takes_parts_only(copy))
    tools = {file.stage(name, before=stage) for name in named}
    names = {
        tool.index for tool in tools if tool is not None and not tool.instructions and tool.parent is None
    }
    return bool(set(stage.sources) - names)


def _copies(stage: Stage) -> Iterator[Instruction]:
    return (i for i in stage.instructions if i.keyword == "COPY" and i.flag("from") is not None)


def _is_open(file: Dockerfile, stage: Stage) -> bool:
    """Whether an earlier stage may be behind a variable; in the first stage there is none."""
    return bool(stage.unresolved) or (stage.base is None and stage.index > 0)
