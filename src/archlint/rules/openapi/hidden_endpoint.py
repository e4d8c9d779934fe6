"""BA1109: a versioned endpoint that the documentation leaves out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Location, Met, Said
from archlint.service.api.exemptions import hidden_at, operational, served
from archlint.service.api.root_paths import client_version
from archlint.service.api.routes import Endpoint
from archlint.service.api.webhooks import is_webhook
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each place that hides versioned endpoints, once, unless another path shows the same handler."""
    exempt = operational(options)
    shown = {id(e.handler.definition) for e in service.routes.endpoints if e.in_schema}
    hidden: dict[Location, list[Endpoint]] = {}
    for endpoint in service.routes.endpoints:
        if client_version(endpoint) is None or exempt(endpoint) or id(endpoint.handler.definition) in shown:
            if client_version(endpoint) is not None and endpoint.in_schema:
                yield Met(endpoint.location)
            continue
        place = hidden_at(endpoint, service.routes.router_places)
        if place is not None and not is_webhook(service.operations.of(endpoint)):
            hidden.setdefault(place, []).append(endpoint)
    for place, (first, *others) in hidden.items():
        fields = {
            "endpoint": served(first),
            "are": f"and {len(others)} more are" if others else "is",
            "handler": first.handler.own_name,
        }
        yield Hit(place, fields)
