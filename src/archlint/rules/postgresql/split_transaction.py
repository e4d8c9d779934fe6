"""BA0209: work of one request in several transactions."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each function that comes to several commits on the way of a request, with writes in between."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    if not service.transactions.splits:
        yield from (Met(request.endpoint.handler.location) for request in service.transactions.writing)
    for split in service.transactions.splits:
        fields = {
            "function": split.function.short_name,
            "commits": str(split.commits),
            "request": split.request.title,
        }
        yield Hit(split.location, fields, split.chain)
