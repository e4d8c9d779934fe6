"""BA0307: a downgrade that PostgreSQL refuses, or that does not take back all that the upgrade did."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.facts.syntax import FunctionDef
from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said, Unknown
from archlint.service.migrations.revisions import Revision, does_nothing, only_raises, out_of_reach
from archlint.service.model import Service
from archlint.service.schema.alembic.downgrade import Step
from archlint.service.schema.schemas import DatabaseSchema

_UNDONE = (
    "Let `downgrade()` undo each operation of `upgrade()`, the last first, and drop the types that it made"
)
_NAMED = (
    "Write a name in place of `None`, here and where it is made; what is deployed has the one PostgreSQL gave"
)


def check(service: Service) -> Iterator[Said]:
    """Yield each revision of which an operation is refused on the way back and forth, or never undone."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    for schema in service.schemas.all:
        if schema.environment.revisions:
            yield from _judge(schema)


def _judge(schema: DatabaseSchema) -> Iterator[Said]:
    trip = schema.completed_round_trip
    judged = _judged(schema.environment.revisions)
    found: dict[str, dict[Location, Step]] = {}
    for step in trip.steps:
        if step.revision in judged:
            found.setdefault(step.revision.id, {}).setdefault(step.location, step)
    for steps in found.values():
        yield _hit(*steps.values())
    for what, why in trip.untold:
        yield Unknown(f"the downgrade of {what}", schema.place, why)
    if not trip.untold and schema.history.unknown is None:
        for revision in schema.environment.revisions:
            if revision in judged and revision.id not in found:
                yield Met(revision.location)


def _judged(revisions: Iterable[Revision]) -> frozenset[Revision]:
    """The revisions with a downgrade to speak of that a downgrade comes to."""
    beyond = out_of_reach(revisions)
    return frozenset(one for one in revisions if not (one.id in beyond or _is_missing(one)))


def _hit(first: Step, *rest: Step) -> Hit:
    """That of a revision, at its first operation; what follows a refusal is only told with it."""
    after = "After that" if first.refused else "Also"
    links = tuple(Link(one.location, f"{after}: `{one.operation}`: {one.problem}") for one in rest)
    cause = Link(first.revision.location, f"the way back of revision `{first.revision.id}`")
    remedy = _NAMED if "has no name" in first.problem else _UNDONE
    told = {"revision": first.revision.id, "operation": first.operation, "problem": first.problem}
    return Hit(first.location, {**told, "remedy": remedy}, links, cause=cause)


def _is_missing(revision: Revision) -> bool:
    """Whether there is no downgrade to speak of, which is another rule's."""
    downgrade: FunctionDef | None = revision.function("downgrade")
    return downgrade is None or does_nothing(downgrade) or only_raises(downgrade)
