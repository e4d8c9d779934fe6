"""BA0307: a downgrade that PostgreSQL refuses, or that does not take back all that the upgrade did."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import FunctionDef
from archlint.findings import Hit, Location, Unknown
from archlint.service.migrations.revisions import Revision, does_nothing, only_raises
from archlint.service.model import Service
from archlint.service.schema.alembic.downgrade import RoundTrip
from archlint.service.schema.schemas import Schema


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each operation that is refused on the way to the base and back, or that nothing takes back."""
    for schema in service.schemas.all:
        if schema.environment.revisions:
            yield from _judge(schema)


def _judge(schema: Schema) -> Iterator[Hit | Unknown]:
    trip = schema.round_trip
    told: set[Location] = set()
    for revision, location, operation, problem in _found(trip):
        if not _is_missing(revision) and location not in told:
            told.add(location)
            yield Hit(location, {"revision": revision.id, "operation": operation, "problem": problem})
    for what, why in trip.untold:
        yield Unknown(f"the downgrade of {what}", schema.place, why)


def _found(trip: RoundTrip) -> Iterator[tuple[Revision, Location, str, str]]:
    """What is told of an operation, the worst first."""
    refused = {problem.location: problem.message for problem in trip.second_upgrade}
    for problem in trip.downgrade:
        yield problem.revision, problem.location, problem.operation, f"the downgrade fails: {problem.message}"
    for left in trip.leftovers:
        words = f"`downgrade()` does not take it back: {left.words}"
        if left.location in refused:
            words += f", and the next upgrade fails: {refused[left.location]}"
        yield left.revision, left.location, left.operation, words
    explained = {left.revision.id for left in trip.leftovers}
    for problem in trip.second_upgrade:
        if problem.revision.id not in explained:
            words = f"the next upgrade after a downgrade fails: {problem.message}"
            yield problem.revision, problem.location, problem.operation, words


def _is_missing(revision: Revision) -> bool:
    """Whether there is no downgrade to speak of, which is another rule's."""
    downgrade: FunctionDef | None = revision.function("downgrade")
    return downgrade is None or does_nothing(downgrade) or only_raises(downgrade)
