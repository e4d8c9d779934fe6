"""BA1001: no Dockerfile makes an image of the service."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.deployment.dockerfiles import Holds
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield a hit when no Dockerfile holds the service, an unknown when one may."""
    images = service.deployment.images
    holding = [image for image in images if image.holds is Holds.SERVICE]
    if holding:
        yield from (Met(image.location) for image in holding)
        return
    for image in images:
        yield Unknown("the service's image", image.location, "what this file copies is not clear")
    if not images:
        yield Hit(service.anchor, {"service": service.project.label})
