"""BA0210: a request that writes and never commits."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield the place in each handler that comes to a write; an unknown where not all of the way is seen."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    yield from service.data_access.unseen("the transactions of other connections")
    writing, committing = service.transactions.writing, service.transactions.committing
    if not service.transactions.unbounded and set(writing) <= set(committing):
        yield from (Met(request.endpoint.handler.location) for request in writing)
    for one in service.transactions.unbounded:
        if one.doubt:
            yield Unknown(f"the commit of {one.request.title}", one.location, one.doubt)
        else:
            fields = {"request": one.request.title, "function": one.act.function.short_name}
            yield Hit(one.location, fields, one.chain)
