"""BA0305: the revisions of an environment make no graph that Alembic can walk to one head."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.migrations.revisions import Graph
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each break of each environment's graph, and each revision that cannot be read."""
    for environment in service.migrations.environments:
        yield from environment.unknown
        for found in Graph(environment.revisions, not environment.unknown).breaks():
            fields = {"revision": found.revision, "problem": found.problem}
            yield Hit(found.location, fields, found.chain)
