"""BA0204: the running service makes a sync engine."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Severity
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each `create_engine` of runtime code."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    yield from service.data_access.unseen("connections past SQLAlchemy")
    for connection in service.databases.connections:
        if connection.engine.is_async:
            yield Met(connection.location)
        elif not connection.names_others:  # else BA0202 speaks of the call
            why = service.workers.why(connection.engine.module, connection.engine.call)
            severity = Severity.WARNING if why or connection.is_off else None
            yield Hit(connection.location, {}, why, severity, cause=service.databases.sync_engine)
