"""BA0602: a query of an async session that never runs."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.calls.functions import Function
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each call of an async session, connection or engine whose coroutine nobody awaits."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
        return
    yield from service.data_access.unseen("queries past SQLAlchemy's sessions")
    disturbed: set[Function] = set()
    for found in service.event_loop.unawaited("query"):
        disturbed.add(found.function)
        yield Hit(found.location, {"function": found.function.short_name, "call": found.text})
    yield from (Met(one.location) for one in service.event_loop.querying if one not in disturbed)
