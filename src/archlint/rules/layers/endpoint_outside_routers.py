"""BA0506: an endpoint outside `routers/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, Said, Severity
from archlint.service.api.exemptions import is_root, operational, served
from archlint.service.api.openapi_pages import shows_documentation
from archlint.service.api.response_kinds import is_page
from archlint.service.api.routes import Endpoint
from archlint.service.layers.placement import Piece, misplaced, placed
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each endpoint that a module of another layer, or of none, registers; operational ones may be.

    Another path of an operational endpoint's handler is an alias of it.
    """
    exempt = operational(options)
    aside = {
        _handler(endpoint)
        for endpoint in service.routes.endpoints
        if exempt(endpoint) or is_root(endpoint) or _is_site(service, endpoint)
    }
    endpoints = [
        endpoint
        for endpoint in service.routes.endpoints
        if not (_handler(endpoint) in aside or shows_documentation(endpoint))
    ]
    unusual = {endpoint.location for endpoint in endpoints if not endpoint.is_usual}
    pieces = {endpoint.location: _piece(endpoint) for endpoint in reversed(endpoints)}
    yield from map(Met, placed(service.layers, "routers", pieces.values()))
    for found in misplaced(service.layers, "routers", (pieces[place] for place in sorted(pieces))):
        severity = Severity.WARNING if found.piece.location in unusual else None
        yield Hit(found.piece.location, found.fields, found.chain, severity, cause=found.cause)
    yield from service.routes.unknown


def _is_site(service: Service, endpoint: Endpoint) -> bool:
    """Whether it serves the files of a site, as a mount would, and its page wherever there is none."""
    answers_all_below = endpoint.kind == "http" and endpoint.path.endswith(":path}")
    return answers_all_below and is_page(service.operations.of(endpoint), service.symbols)


def _piece(endpoint: Endpoint) -> Piece:
    """The endpoint where it is registered, meant by its handler, whichever path a prefix gives it.

    What one function registers has one place to go to.
    """
    place = endpoint.registration
    around = place.module.source.definitions.functions_around(place.node)
    maker = next((one for one in around if one is not place.node), None)
    what, handler = f"The endpoint {served(endpoint)}", endpoint.handler.own_name
    return Piece(place.module, endpoint.location, what, key=handler, within=maker)


def _handler(endpoint: Endpoint) -> tuple[int, int, tuple[str, ...]]:
    """What two paths have in common that one function answers for one app by the same methods."""
    return id(endpoint.root), id(endpoint.handler.definition), tuple(endpoint.methods)
