"""Models, migrations and their drift as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.findings import Location
from archlint.service.model import Service
from archlint.service.schema.schemas import DatabaseSchema


def document(services: Iterable[Service]) -> dict[str, object]:
    """All services as one object; each entry says of which it is."""
    found = [(service.root, schema) for service in services for schema in service.schemas.all]
    return {
        "heads": [revision.id for _, schema in found for revision in schema.history.graph.heads],
        "drift": [entry for root, schema in found for entry in _drift(root, schema)],
        "blind": [model.table.title for _, schema in found for model in schema.blind],
        "downgrade": [entry for root, schema in found for entry in _downgrade(root, schema)],
        "unknown": [entry for root, schema in found for entry in _unknown(root, schema)],
    }


def _drift(root: str, schema: DatabaseSchema) -> Iterator[dict[str, object]]:
    for change in schema.drift:
        said = {"kind": change.kind, "name": change.name, "table": change.table, "detail": change.detail}
        yield {**said, **_place(change.location), "service": root}


def _downgrade(root: str, schema: DatabaseSchema) -> Iterator[dict[str, object]]:
    """Steps of `downgrade base`, and of a second upgrade after it, that PostgreSQL would refuse."""
    for problem in (*schema.round_trip.downgrade, *schema.round_trip.second_upgrade):
        said = {"revision": problem.revision.id, "problem": problem.message}
        yield {**said, **_place(problem.location), "service": root}


def _unknown(root: str, schema: DatabaseSchema) -> Iterator[dict[str, object]]:
    for gap in schema.gaps:
        yield {"what": gap.what, "why": gap.why, **_place(gap.location), "service": root}


def _place(location: Location | None) -> dict[str, object]:
    return {"file": location.file if location else None, "line": location.line if location else None}
