"""BA0511: a router imports crud or models."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Location, Met, NotApplicable, Said
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

_CALL = "Call a service, and let the service use what the router imports here"
_MOVE = "Move the enumeration or constant into `schemas` or `core`, which routers may import"


def check(service: Service) -> Iterator[Said]:
    """Yield each import statement of a router that leads to crud or models, directly or through helpers."""
    if not any(map(service.layers.modules, ("crud", "models", "services"))):
        yield NotApplicable("it has no services, no crud and no models")
        return
    breaching: set[Module] = set()
    for breach in service.contracts.breaches("routers", ("crud", "models")):
        breaching.add(breach.importer)
        yield breach.hit(breach.fields, _MOVE if breach.constants else _CALL)
    routers = (module for module in service.layers.placed("routers") if module not in breaching)
    yield from (Met(Location(module.path)) for module in routers)
