"""BA1011: no compose file for the service."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, Said, Unknown
from archlint.service.deployment.companions import companions
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield a hit when no compose file around the service is for its stack."""
    if service.deployment.stack.judged:
        yield from (Met(Location(file.path)) for file in service.deployment.stack.judged)
        return
    if service.deployment.compose_problems:
        yield service.deployment.compose_problems[0]
    elif (found := next(companions(service.repository, service.commands), None)) is not None:
        yield Unknown(
            "the compose stack", found.location, f"it may be in `{found.name}`, which is cloned here"
        )
    elif (inner := service.deployment.development_container) is not None:
        why = "only a development container is built of the service here"
        yield Unknown("the compose stack", Location(inner.path), why)
    else:
        yield Hit(service.anchor, {"service": service.project.label})
