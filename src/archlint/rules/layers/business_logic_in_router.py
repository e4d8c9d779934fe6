"""BA0508: a handler does the work of a service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, Said
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each handler that takes more than `max-steps` steps on the data itself."""
    seen: set[int] = set()
    for endpoint in service.routes.endpoints:
        handler = endpoint.handler
        if id(handler.definition) in seen:
            continue
        seen.add(id(handler.definition))
        work = service.handlers.work_of(handler.module, handler.definition)
        if work.total > options["max-steps"]:
            fields = {
                "handler": handler.definition.name,
                "work": str(work),
                "total": str(work.total),
                "limit": str(options["max-steps"]),
            }
            yield Hit(handler.location, fields)
        else:
            yield Met(handler.location)
