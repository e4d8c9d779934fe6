"""BA0607: an attribute of a mapped object that has to be fetched, in code that cannot wait for it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.asynchronous.expiring import AttributeRead, expired_reads, lazy_reads, undecided_reads
from archlint.service.calls.functions import Function
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield the first read of an attribute in a function, after a commit or of what was not loaded."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
        return
    expired = {read.node: read for read in expired_reads(service.calls)}
    disturbed = {read.function for read in expired.values()}
    for read in _firsts(expired.values()):
        why = "which `commit` has expired"
        instead = "Make the sessions with `expire_on_commit=False`, or `await session.refresh(…)` first"
        yield _hit(read, why, instead)
    lazy = [read for read in lazy_reads(service.calls) if read.node not in expired]
    disturbed.update(read.function for read in lazy)
    for read in _firsts(lazy):
        why = "a relationship that is loaded lazily"
        yield _hit(read, why, "Load it with the query: `.options(selectinload(…))`")
    undecided = list(_firsts(undecided_reads(service.calls)))
    for read in undecided:
        why = "some of the service's sessions have `expire_on_commit` on, and some have not"
        yield Unknown(f"whether `{read.text}` has to be fetched after the commit", read.location, why)
    disturbed.update(read.function for read in undecided)
    yield from (Met(one.location) for one in service.event_loop.querying if one not in disturbed)


def _firsts(reads: Iterable[AttributeRead]) -> Iterator[AttributeRead]:
    """Once it is loaded it is there: what helps the first read of a function helps those after it."""
    seen: set[tuple[Function, str]] = set()
    for read in sorted(reads, key=lambda one: (one.location.file, one.location.line, one.location.column)):
        if (read.function, read.text) not in seen:
            seen.add((read.function, read.text))
            yield read


def _hit(read: AttributeRead, why: str, instead: str) -> Hit:
    fields = {"function": read.function.short_name, "attribute": read.text, "why": why, "instead": instead}
    return Hit(read.location, fields, read.chain)
