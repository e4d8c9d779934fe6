"""BA0102: an endpoint's handler is a plain `def`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each handler that is no coroutine function, once, however often it is registered."""
    seen: set[int] = set()
    for endpoint in service.routes.endpoints:
        handler = endpoint.handler
        if not handler.is_async and id(handler.definition) not in seen:
            seen.add(id(handler.definition))
            served = f"{' '.join(endpoint.methods) or 'WebSocket'} {endpoint.path}"
            yield Hit(handler.location, {"handler": handler.definition.name, "endpoint": served})
    yield from service.routes.unknown
