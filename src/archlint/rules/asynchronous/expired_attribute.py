"""BA0607: an attribute of a mapped object that has to be fetched, in code that cannot wait for it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.asynchronous.expiring import AttributeRead, expired_reads, lazy_reads
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each read after a commit that expired the object, and of a relationship that was not loaded."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
        return
    expired = {read.node: read for read in expired_reads(service.calls)}
    disturbed = {read.function for read in expired.values()}
    for read in expired.values():
        why = "which `commit` has expired"
        instead = "Make the sessions with `expire_on_commit=False`, or `await session.refresh(…)` first"
        yield _hit(read, why, instead)
    for read in lazy_reads(service.calls):
        if read.node not in expired:
            why = "a relationship that is loaded lazily"
            disturbed.add(read.function)
            yield _hit(read, why, "Load it with the query: `.options(selectinload(…))`")
    yield from (Met(one.location) for one in service.event_loop.querying if one not in disturbed)


def _hit(read: AttributeRead, why: str, instead: str) -> Hit:
    fields = {"function": read.function.short_name, "attribute": read.text, "why": why, "instead": instead}
    return Hit(read.location, fields, read.chain)
