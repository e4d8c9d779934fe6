"""BA0307: a downgrade that PostgreSQL refuses, or that does not take back all that the upgrade did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from archlint.facts.syntax import FunctionDef
from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said, Unknown
from archlint.service.migrations.revisions import Revision, does_nothing, only_raises, out_of_reach
from archlint.service.model import Service
from archlint.service.schema.alembic.downgrade import RoundTrip
from archlint.service.schema.schemas import DatabaseSchema


class _Step(NamedTuple):
    """An operation and what is wrong with it; nothing after one that is `refused` can be told for certain."""

    revision: Revision
    location: Location
    operation: str
    problem: str
    refused: bool = False


def check(service: Service) -> Iterator[Said]:
    """Yield each revision of which an operation is refused on the way back and forth, or never undone."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    for schema in service.schemas.all:
        if schema.environment.revisions:
            yield from _judge(schema)


def _judge(schema: DatabaseSchema) -> Iterator[Said]:
    trip = schema.round_trip
    beyond = out_of_reach(schema.environment.revisions)
    found: dict[str, dict[Location, _Step]] = {}
    for step in _found(trip):
        if not _is_missing(step.revision) and step.revision.id not in beyond:
            found.setdefault(step.revision.id, {}).setdefault(step.location, step)
    for steps in found.values():
        yield from _hits(tuple(steps.values()))
    for what, why in trip.untold:
        yield Unknown(f"the downgrade of {what}", schema.place, why)
    if not trip.untold and schema.history.unknown is None:
        judged = (one for one in schema.environment.revisions if not (_is_missing(one) or one.id in beyond))
        yield from (Met(revision.location) for revision in judged if revision.id not in found)


def _hits(steps: tuple[_Step, ...]) -> Iterator[Hit]:
    """One for each operation of a revision; for the first that is refused alone, if one is."""
    told, rest = (steps[:1], steps[1:]) if steps[0].refused else (steps, ())
    links = tuple(Link(one.location, f"After that: `{one.operation}`: {one.problem}") for one in rest)
    for step in told:
        cause = Link(step.revision.location, f"the way back of revision `{step.revision.id}`")
        fields = {"revision": step.revision.id, "operation": step.operation, "problem": step.problem}
        yield Hit(step.location, fields, links, cause=cause)


def _found(trip: RoundTrip) -> Iterator[_Step]:
    """What is told of operations, the worst first."""
    refused = {problem.location: problem.message for problem in trip.second_upgrade}
    for problem in trip.downgrade:
        words = f"the downgrade fails: {problem.message}"
        yield _Step(problem.revision, problem.location, problem.operation, words, refused=True)
    for left in trip.leftovers:
        words = f"`downgrade()` does not take it back: {left.words}"
        if left.location in refused:
            words += f", and the next upgrade fails: {refused[left.location]}"
        yield _Step(left.revision, left.location, left.operation, words)
    explained = {left.revision.id for left in trip.leftovers}
    for problem in trip.second_upgrade:
        if problem.revision.id not in explained:
            words = f"the next upgrade after a downgrade fails: {problem.message}"
            yield _Step(problem.revision, problem.location, problem.operation, words)


def _is_missing(revision: Revision) -> bool:
    """Whether there is no downgrade to speak of, which is another rule's."""
    downgrade: FunctionDef | None = revision.function("downgrade")
    return downgrade is None or does_nothing(downgrade) or only_raises(downgrade)
