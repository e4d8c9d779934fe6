"""BA0511: a router imports crud or models."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit]:
    """Yield each import statement of a router that leads to crud or models, directly or through helpers."""
    for breach in service.contracts.grouped("routers", ("crud", "models")):
        yield Hit(breach.location, breach.fields, breach.links, breach.severity)
