"""BA0905: a fixture opens a session or makes tables and leaves them behind."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit]:
    """Yield each such fixture, when neither it nor a fixture next to it cleans up."""
    for fixture, what in service.database_fixtures.unclean:
        yield Hit(fixture.location, {"fixture": fixture.name, "what": what})
