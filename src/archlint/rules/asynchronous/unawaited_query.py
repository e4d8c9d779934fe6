"""BA0602: a query of an async session that never runs."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit]:
    """Yield each call of an async session, connection or engine whose coroutine nobody awaits."""
    for found in service.event_loop.unawaited("query"):
        yield Hit(found.location, {"function": found.function.short_name, "call": found.text})
