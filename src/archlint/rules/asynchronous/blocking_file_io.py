"""BA0605: blocking file I/O runs on the event loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Yield each call on the event loop that works on files, or leads to one through plain functions."""
    for found in service.event_loop.blocked("file", options):
        yield Hit(found.location, found.fields, found.chain)
