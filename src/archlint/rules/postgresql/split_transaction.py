"""BA0209: work of one request in several transactions."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service
from archlint.service.transactions.request_flow import RequestFlow


def check(service: Service) -> Iterator[Said]:
    """Yield each function that comes to several commits on the way of a request, with writes in between."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    sure = service.transactions.commits_once
    doubtful = [one for one in service.transactions.writing if one not in sure]
    if not service.transactions.splits:
        yield from (Met(request.endpoint.handler.location) for request in sure)
        yield from _unclear(doubtful)
    for split in service.transactions.splits:
        fields = {
            "function": split.function.short_name,
            "commits": str(split.commits),
            "request": split.request.title,
        }
        yield Hit(split.location, fields, split.chain)


def _unclear(requests: Sequence[RequestFlow]) -> Iterator[Unknown]:
    """One unknown for all requests that come to several commits of which nobody knows whether they follow."""
    for first in requests[:1]:
        more = f", and {len(requests) - 1} more handlers do" if len(requests) > 1 else ""
        name = first.handler.short_name
        why = f"`{name}` comes to several commits, and whether one follows another is not known{more}"
        yield Unknown("in how many transactions requests write", first.endpoint.handler.location, why)
