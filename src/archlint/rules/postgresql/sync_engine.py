"""BA0204: the running service makes a sync engine."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit]:
    """Yield each `create_engine` of runtime code."""
    for connection in service.databases.connections:
        if not connection.engine.is_async:
            yield Hit(connection.location)
