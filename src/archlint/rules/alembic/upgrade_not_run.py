"""BA0308: migrations are written, and nothing applies them."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield a hit when the service is deployed from here and nothing runs `alembic upgrade`."""
    environments = [environment for environment in service.migrations.environments if environment.env]
    if not environments or service.upgrades.anywhere:
        return
    place = environments[0].settings or service.anchor
    if service.deployment.images or service.deployment.compose or service.commands.all:
        yield Hit(place, {"service": service.project.label})
    else:
        yield Unknown("how the migrations are applied", place, "nothing here deploys the service")
