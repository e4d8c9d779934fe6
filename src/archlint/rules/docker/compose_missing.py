"""BA1011: no compose file for the service."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint import documents
from archlint.findings import Hit, Location, Met, Said, Unknown
from archlint.service.deployment.ci import WORKFLOW
from archlint.service.model import Service

_REPOSITORY = re.compile(r"://|^git@")


def check(service: Service) -> Iterator[Said]:
    """Yield a hit when no compose file around the service is for its stack."""
    if service.deployment.stack.judged:
        yield from (Met(Location(file.path)) for file in service.deployment.stack.judged)
        return
    if service.deployment.compose_problems:
        yield service.deployment.compose_problems[0]
    elif (companion := next(_companions(service), None)) is not None:
        name, place = companion
        yield Unknown("the compose stack", place, f"it may be in `{name}`, which is cloned here")
    else:
        yield Hit(service.anchor, {"service": service.project.label})


def _companions(service: Service) -> Iterator[tuple[str, Location]]:
    """The other repositories that pipelines and scripts clone."""
    for command in service.commands:
        url = next((word for word in command.words if _REPOSITORY.search(word)), None)
        if command.runs("git", "clone") and url is not None:
            yield url.rstrip("/").removesuffix(".git").rpartition(":")[2].removeprefix("//"), command.location
    for file in service.deployment.repository.files:
        if WORKFLOW.fullmatch(file):
            for step in documents.yaml(service.repository, file).walk():
                given = step.mapping("with")
                name = given.text("repository") if given else None
                if name and "$" not in name and (step.text("uses") or "").startswith("actions/checkout"):
                    yield name, step.location
