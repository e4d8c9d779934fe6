"""BA0905: a fixture opens a session or makes tables and leaves them behind."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each such fixture, when neither it nor a fixture next to it cleans up."""
    if not (service.databases.connections or service.databases.libraries):
        yield NotApplicable("its runtime imports no library of a relational database")
    yield from (Met(fixture.location) for fixture in service.database_fixtures.clean)
    for fixture, what in service.database_fixtures.unclean:
        yield Hit(fixture.location, {"fixture": fixture.name, "what": what})
