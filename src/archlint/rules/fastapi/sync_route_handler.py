"""BA0102: an endpoint's handler is a plain `def`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Met, Said
from archlint.service.api.exemptions import served
from archlint.service.api.handlers import Handler
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each handler that is no coroutine function, once, however often it is registered."""
    seen: set[int] = set()
    for endpoint in service.routes.endpoints:
        handler = endpoint.handler
        if id(handler.definition) in seen:
            continue
        seen.add(id(handler.definition))
        if handler.is_async:
            yield Met(handler.location)
        else:
            fields = {"handler": handler.definition.name, "endpoint": served(endpoint)}
            yield Hit(handler.location, fields, _blocks(service, handler))
    yield from service.routes.unknown


def _blocks(service: Service, handler: Handler) -> tuple[Link, ...]:
    """The way to what would block the event loop once the handler ran there."""
    function = service.calls.program.functions.get(handler.definition)
    blocked = service.event_loop.first_wait(function) if function is not None else None
    return blocked.way if blocked is not None else ()
