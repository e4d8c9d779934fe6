"""BA0605: blocking file I/O runs on the event loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.calls.functions import Function
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each call on the event loop that works on files, or leads to one through plain functions."""
    disturbed: set[Function] = set()
    for found in service.event_loop.blocked("file", options):
        disturbed.add(found.function)
        yield Hit(found.location, found.fields, found.chain, found.severity)
    if disturbed or service.event_loop.works_on_files:
        yield from map(Met, service.event_loop.undisturbed(disturbed))
    else:
        yield NotApplicable("it does no work on files that archlint knows of")
