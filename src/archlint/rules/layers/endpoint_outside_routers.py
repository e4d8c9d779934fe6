"""BA0506: an endpoint outside `routers/`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.facts.syntax import ClassDef
from archlint.findings import Hit, Unknown
from archlint.service.model import Service
from archlint.service.operational import exemption, is_root, served
from archlint.service.placement import Piece, misplaced
from archlint.service.routes import Endpoint


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit | Unknown]:
    """Yield each endpoint that a module of another layer, or of none, registers; operational ones may be."""
    exempt = exemption(options)
    endpoints = [
        endpoint
        for endpoint in service.routes.endpoints
        if not (exempt(endpoint) or is_root(endpoint) or _is_handled_in_routers(service, endpoint))
    ]
    pieces = {
        endpoint.location: Piece(endpoint.place.module, endpoint.location, f"The endpoint {served(endpoint)}")
        for endpoint in reversed(endpoints)
    }
    for found in misplaced(service, "routers", (pieces[place] for place in sorted(pieces))):
        yield Hit(found.piece.location, found.fields, found.chain)
    yield from service.routes.unknown


def _is_handled_in_routers(service: Service, endpoint: Endpoint) -> bool:
    """Whether only a class that registers, such as a router of the service's own, stands elsewhere."""
    layer, node = service.layers.of(endpoint.handler.module), endpoint.place.node
    classes = endpoint.place.module.source.nodes.of(ClassDef)
    in_class = any(cls.start <= node.start < cls.end for cls in classes)
    in_routers = layer is not None and layer.name == "routers"
    return in_routers and in_class and endpoint.handler.module is not endpoint.place.module
