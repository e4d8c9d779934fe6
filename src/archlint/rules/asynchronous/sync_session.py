"""BA0601: a synchronous SQLAlchemy session serves requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, Said
from archlint.service.calls.functions import Function
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each call that queries by such a session on the event loop, and where requests open one."""
    blocking: set[Function] = set()
    for found in service.event_loop.blocked("session", options):
        blocking.add(found.function)
        does = f"blocks the event loop{found.fields['through']}: {found.fields['calls']}"
        yield Hit(found.location, {"function": found.function.short_name, "does": does}, found.chain)
    for call in service.event_loop.opened_sessions:
        if call.caller not in blocking:
            does = "opens a synchronous session for requests"
            yield Hit(call.location, {"function": call.caller.short_name, "does": does})
            blocking.add(call.caller)
    yield from map(Met, service.event_loop.undisturbed(blocking))
