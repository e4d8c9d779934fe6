"""BA1011: no compose file for the service."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield a hit when no compose file around the service is for its stack."""
    if service.deployment.stack.judged:
        return
    if service.deployment.compose_problems:
        yield service.deployment.compose_problems[0]
    else:
        yield Hit(service.anchor, {"service": service.project.label})
