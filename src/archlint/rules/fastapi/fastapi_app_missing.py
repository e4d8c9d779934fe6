"""BA0101: a service without a FastAPI app."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.api.applications import FASTAPI, creations
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield where another framework's app is made, if no FastAPI app is."""
    made = [(module, creation) for module in service.modules.runtime for creation in creations(module.source)]
    if service.routes.apps or any(creation.framework == FASTAPI for _, creation in made):
        yield from (Met(module.location(one.node)) for module, one in made if one.framework == FASTAPI)
        yield from (Met(app.location) for app in service.routes.apps)
        return
    for module, creation in made:
        yield Hit(module.location(creation.node), {"framework": creation.framework})
    if not made:
        yield Unknown("the app", service.anchor, "no module makes one with a framework that archlint knows")
