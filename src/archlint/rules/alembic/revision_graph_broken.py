"""BA0305: the revisions of an environment make no graph that Alembic can walk to one head."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.migrations.revisions import RevisionGraph
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each break of each environment's graph, and each revision that cannot be read."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    for environment in service.migrations.environments:
        yield from environment.unknown
        breaks = list(RevisionGraph(environment.revisions, not environment.unknown).breaks())
        if not breaks and not environment.unknown:
            yield from (Met(revision.location) for revision in environment.revisions)
        for found in breaks:
            fields = {"revision": found.revision, "problem": found.problem}
            yield Hit(found.location, fields, found.chain)
