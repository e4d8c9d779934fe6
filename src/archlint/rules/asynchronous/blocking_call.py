"""BA0606: a call that waits for something else runs on the event loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, Said
from archlint.service.calls.functions import Function
from archlint.service.model import Service

CLAUSES = ("BA01.2.2",)
ALSO = {"session": ("BA01.2.3", "BA06.1.1"), "file": ("BA06.2.3",)}
"""What calls of other kinds break, to which the same place leads and of which no other rule speaks."""


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each call in a function on the event loop that waits, or leads to one through plain functions."""
    disturbed: set[Function] = set()
    for found in service.event_loop.blocked("wait", options):
        disturbed.add(found.function)
        clauses = (*CLAUSES, *(c for kind in service.event_loop.kinds_at(found) for c in ALSO.get(kind, ())))
        yield Hit(found.location, found.fields, found.chain, found.severity, clauses)
    yield from map(Met, service.event_loop.undisturbed(disturbed))
