"""BA0305: the revisions of an environment make no graph that Alembic can walk from nothing to one head."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.migrations.revisions import RevisionGraph
from archlint.service.model import Service

_LEAD_TO_ONE = (
    "Merge heads with `alembic merge heads`, or correct `down_revision` so that one line leads from the base "
    "to one head"
)
_MAKE_IT_ONCE = (
    "Take out of it what an earlier revision makes, or make it with `if_not_exists=True`: new databases go "
    "the whole way"
)
_TWICE = re.compile(r'(relation|type|column|constraint) "[^"]+"( (of|for) relation "[^"]+")? already exists')
"""What PostgreSQL says of tables, indexes, types, columns and constraints that are made a second time."""


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
            fields = {"revision": found.revision, "problem": found.problem, "remedy": _LEAD_TO_ONE}
            yield Hit(found.location, fields, found.chain)
    yield from _made_twice(service)


def _made_twice(service: Service) -> Iterator[Hit]:
    """The first step of each environment that makes what an earlier one made, on PostgreSQL.

    That something is missing may be due to SQL that nobody can read: BA0302 says that as an unknown.
    """
    connections = service.databases.connections
    may_be_others = any(connection.names_others for connection in connections)
    if may_be_others and not any(connection.names_postgresql for connection in connections):
        return
    for schema in service.schemas.all:
        first = next(iter(schema.history.problems), None)
        if first is not None and _TWICE.fullmatch(first.message):
            problem = f"stops the upgrade of an empty database: {first.message}"
            yield Hit(
                first.location, {"revision": first.revision.id, "problem": problem, "remedy": _MAKE_IT_ONCE}
            )
