"""BA1015: compose hands the app no connection to the database or Redis beside it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.deployment import Image
from archlint.service.model import Service
from archlint.service.stack import CONNECTION


def check(service: Service) -> Iterator[Hit]:
    """Yield each app that gets neither variables, nor an env file, nor secrets."""
    stack = service.deployment.stack
    beside = [one for one in stack.services if one.is_postgres]
    for one in stack.services if beside else ():
        image = service.images.served_by(one)
        mounted = any(text.startswith((".:", "./:", "./.env", ".env")) for text in one.texts("volumes"))
        if image is not None and not one.is_configured and not mounted and not _in_image(image):
            yield Hit(one.location, {"service": one.name, "database": beside[0].name})


def _in_image(image: Image) -> bool:
    """Whether the Dockerfile sets variables that a connection could be in."""
    return any(
        instruction.keyword == "ENV" and any(CONNECTION.search(a) for a in instruction.arguments)
        for instruction in image.dockerfile.instructions
    )
