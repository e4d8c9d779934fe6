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
    location: Location
    operation: str
    problem: str


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
    found: dict[str, list[_Step]] = {}
    for revision, location, operation, problem in _found(trip):
        if not _is_missing(revision) and revision.id not in beyond:
            found.setdefault(revision.id, []).append(_Step(location, operation, problem))
    for name, steps in found.items():
        yield _hit(name, list({step.location: step for step in reversed(steps)}.values())[::-1])
    for what, why in trip.untold:
        yield Unknown(f"the downgrade of {what}", schema.place, why)
    if not trip.untold and schema.history.unknown is None:
        judged = (one for one in schema.environment.revisions if not (_is_missing(one) or one.id in beyond))
        yield from (Met(revision.location) for revision in judged if revision.id not in found)


def _hit(revision: str, steps: list[_Step]) -> Hit:
    """One for the revision: what is refused first, for the rest is not reached before that is mended."""
    first, *rest = steps
    more = f"; after that, {len(rest)} more" if rest else ""
    fields = {"revision": revision, "operation": first.operation, "problem": first.problem + more}
    links = (Link(step.location, f"After that: `{step.operation}`: {step.problem}") for step in rest)
    return Hit(first.location, fields, tuple(links))


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
