"""BA0604: a blocking HTTP call runs on the event loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.calls.functions import Function
from archlint.service.model import Service
from archlint.service.testing.outgoing import outgoing_calls

CLAUSES = ("BA06.2.2", "BA01.2.2")
ALSO = {"session": ("BA01.2.3", "BA06.1.1"), "file": ("BA06.2.3",)}
"""What calls of other kinds break, to which the same place leads and of which no other rule speaks."""


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each call on the event loop that waits for HTTP, or leads to one through plain functions."""
    disturbed: set[Function] = set()
    for found in service.event_loop.blocked("http", options):
        disturbed.add(found.function)
        clauses = (*CLAUSES, *(c for kind in service.event_loop.kinds_at(found) for c in ALSO.get(kind, ())))
        yield Hit(found.location, found.fields, found.chain, found.severity, clauses)
    if service.event_loop.blocks_elsewhere("http"):
        return  # a thread waits, and the clause asks for an async client: neither broken nor met
    calling = {call.caller for call in outgoing_calls(service.calls)}
    if not calling | disturbed:
        yield NotApplicable("it makes no HTTP calls to others")
    orderly = calling - disturbed
    yield from (Met(one.location) for one in service.event_loop.functions if one in orderly)
