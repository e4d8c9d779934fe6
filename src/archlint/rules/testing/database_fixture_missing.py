"""BA0904: the service has a database, its tests have none."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service
from archlint.service.testing.database_fixtures import PLUGINS


def check(service: Service) -> Iterator[Said]:
    """Yield one hit for a service with tests and a database that no fixture speaks of."""
    suite = service.suite
    if not (service.databases.connections or service.databases.libraries):
        yield NotApplicable("its runtime imports no library of a relational database")
        return
    if not suite.tests:
        return
    fixtures = service.database_fixtures
    yield from map(Met, fixtures.certain)
    if fixtures.certain or suite.tooling.has(*PLUGINS):
        return
    if fixtures.likely:
        name = fixtures.likely[0].name
        yield Unknown(
            "how tests get a database", fixtures.likely[0].location, f"fixture `{name}` may set it up"
        )
    elif suite.fixtures.unknown_plugins:
        plugin = suite.fixtures.unknown_plugins[0]
        yield Unknown(
            "how tests get a database", service.anchor, f"plugin `{plugin}` may have a fixture for it"
        )
    elif unread := suite.unread:
        yield Unknown("how tests get a database", Location(unread[0]), "the file cannot be read")
    else:
        yield Hit(service.anchor, {"service": service.project.label})
