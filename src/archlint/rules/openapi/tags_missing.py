"""BA1108: an endpoint that the documentation puts under no heading."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from archlint.facts.syntax import Call
from archlint.findings import Hit, Link, Location, Met, Said, Unknown
from archlint.service.api.exemptions import operational, served, severity_of
from archlint.service.api.response_kinds import is_page
from archlint.service.api.routes import App, Endpoint
from archlint.service.model import Service
from archlint.service.semantics.scopes import last_name

ON_A_ROUTER = 'Give its router a tag, `APIRouter(tags=["items"])`, or the `include_router` call'
ON_THE_APP = (
    'No router has it: give the call that registers it a tag, `tags=["items"]`, or move it to a tagged router'
)


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each documented endpoint to which neither decorator, router nor include gives a tag."""
    exempt = operational(options)
    told: set[tuple[App, Location]] = set()
    places = _places(service)
    for operation in service.openapi_pages.documented:
        endpoint = operation.endpoint
        if exempt(endpoint):
            continue
        if endpoint.tags or endpoint.route.extra.get("tags"):
            yield Met(endpoint.location)
        elif _may_have(endpoint):
            yield Unknown(f"the tags of {served(endpoint)}", endpoint.location, "they are computed")
        elif (endpoint.root, endpoint.location) not in told and not is_page(operation, service.symbols):
            told.add((endpoint.root, endpoint.location))
            fields = {"endpoint": served(endpoint), "handler": endpoint.handler.own_name}
            fields["remedy"] = _remedy(endpoint)
            cause = _include(endpoint) if len(places[endpoint.location]) == 1 else None
            yield Hit(endpoint.location, fields, severity=severity_of(endpoint), cause=cause)
    yield from service.routes.unknown


def _places(service: Service) -> dict[Location, set[Location]]:
    """By the place of an endpoint, those of its includes: a tag of one does not do for the other."""
    places: dict[Location, set[Location]] = defaultdict(set)
    for operation in service.openapi_pages.documented:
        includes = operation.endpoint.includes
        place = includes[-1].module.location(includes[-1].node) if includes else operation.endpoint.location
        places[operation.endpoint.location].add(place)
    return places


def _may_have(endpoint: Endpoint) -> bool:
    """Whether something gives tags whose text the source does not tell."""
    calls = (place.node for place in endpoint.includes if isinstance(place.node, Call))
    given = (keyword.name for call in calls for keyword in call.keywords)
    return bool(endpoint.route.tags) or any(name in {"tags", None} for name in given)


def _include(endpoint: Endpoint) -> Link | None:
    """The include of its router, where one tag does for all of them."""
    if not endpoint.includes:
        return None
    place = endpoint.includes[-1]
    return Link(place.module.location(place.node), "nothing gives the endpoints of this include a tag")


def _remedy(endpoint: Endpoint) -> str:
    """Where a tag can stand: what is registered on the app itself has no router and no include."""
    nodes = (place.node for place in endpoint.includes)
    included = any(isinstance(one, Call) and last_name(one.func) == "include_router" for one in nodes)
    return ON_A_ROUTER if included else ON_THE_APP
