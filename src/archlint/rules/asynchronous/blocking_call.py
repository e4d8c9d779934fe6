"""BA0606: a call that waits for something else runs on the event loop."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Yield each call in a function on the event loop that waits, or leads to one through plain functions."""
    for found in service.event_loop.blocked("wait", options):
        yield Hit(found.location, found.fields, found.chain)
