"""BA0801: an endpoint whose full path has no version prefix."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Link, Unknown
from archlint.service.model import Service
from archlint.service.operational import exemption, served, version_of
from archlint.service.routes import Endpoint


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit | Unknown]:
    """Yield each endpoint outside `/api/v<N>` that is not operational, with the includes that led there."""
    exempt = exemption(options)
    for endpoint in service.routes.endpoints:
        if version_of(endpoint) is None and not exempt(endpoint):
            yield Hit(endpoint.location, {"endpoint": served(endpoint)}, tuple(_prefixes(endpoint)))
    yield from service.routes.unknown


def _prefixes(endpoint: Endpoint) -> Iterator[Link]:
    for place in endpoint.includes:
        yield Link(place.module.location(place.node), "included here, without a version in the prefix")
