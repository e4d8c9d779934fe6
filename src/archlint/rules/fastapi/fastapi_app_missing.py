"""BA0101: a service without a FastAPI app."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Location, Met, Said, Unknown
from archlint.service.api.applications import FASTAPI, creations
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield where an app of each other framework is made first, if no FastAPI app is."""
    made = [(module, creation) for module in service.modules.runtime for creation in creations(module.source)]
    if service.routes.apps or any(creation.framework == FASTAPI for _, creation in made):
        yield from (Met(module.location(one.node)) for module, one in made if one.framework == FASTAPI)
        yield from (Met(app.location) for app in service.routes.apps)
        return
    places: dict[str, list[Location]] = {}
    for module, creation in made:
        places.setdefault(creation.framework, []).append(module.location(creation.node))
    for framework, (first, *others) in places.items():
        chain = tuple(Link(place, f"{framework}'s app again") for place in others)
        yield Hit(first, {"framework": framework}, chain)
    if not made:
        yield Unknown("the app", service.anchor, "no module makes one with a framework that archlint knows")
