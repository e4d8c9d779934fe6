"""BA0102: an endpoint's handler is a plain `def`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said
from archlint.service.api.exemptions import served, severity_of
from archlint.service.api.handlers import Handler
from archlint.service.asynchronous.blocking import Blocked
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
            blocked = _first_wait(service, handler)
            queries = blocked is not None and blocked.blocking.kind == "session"
            cause = service.databases.sync_engine if queries else None
            chain = blocked.way if blocked else ()
            yield Hit(handler.location, fields, chain, severity_of(endpoint), cause=cause)
    yield from service.routes.unknown


def _first_wait(service: Service, handler: Handler) -> Blocked | None:
    """What would block the event loop once the handler ran there."""
    function = service.calls.program.functions.get(handler.definition)
    return service.event_loop.first_wait(function) if function is not None else None
