"""BA1001: no Dockerfile makes an image of the service."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.deployment.companions import companions
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield a hit when no Dockerfile holds the service, an unknown when one may."""
    images = service.deployment.images
    holding = service.deployment.holding
    running = [image for image in holding if not service.images.only_builds(image)]
    if running:
        yield from (Met(image.location) for image in running)
        return
    for image in images:
        why = (
            "what it builds is taken out of it" if image in holding else "what this file copies is not clear"
        )
        yield Unknown("the service's image", image.location, why)
    cloned = companions(service.repository, service.commands) if not images else ()
    elsewhere = next((one for one in cloned if one.builds), None)
    if elsewhere is not None:
        why = f"`{elsewhere.name}`, which is cloned here, may hold what it is built from"
        yield Unknown("the service's image", elsewhere.location, why)
    elif not images:
        yield Hit(service.anchor, {"service": service.project.label})
