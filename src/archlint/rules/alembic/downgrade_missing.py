"""BA0306: a revision that cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import FunctionDef
from archlint.findings import Hit, Met, NotApplicable, Said, Severity
from archlint.service.migrations.revisions import Revision, does_nothing, only_raises, out_of_reach
from archlint.service.model import Service
from archlint.service.schema.alembic.replay import changes_rows_only, makes_objects

_INVERSE = "Write in `downgrade()` the inverse of each operation of `upgrade()`, in reverse order"
_KEPT = (
    "Restore in `downgrade()` the rows that `upgrade()` changes, from a table in which it keeps them; "
    "where nobody will want them back, suppress this rule here, with the reason"
)
_OBJECTS = (
    "Undo in `downgrade()` what the SQL of `upgrade()` makes, changes or drops; "
    "an extension that others need as well may stay: then suppress this rule here, with the reason"
)


def check(service: Service) -> Iterator[Said]:
    """Yield each revision that changes something and whose `downgrade()` changes nothing."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    for environment in service.migrations.environments:
        beyond = out_of_reach(environment.revisions)
        for revision in environment.revisions:
            upgrade = revision.function("upgrade")
            changes = len(revision.parents) < 2 and upgrade is not None and not does_nothing(upgrade)
            if changes and revision.id not in beyond:
                yield from _judge(revision)


def _judge(revision: Revision) -> Iterator[Hit | Met]:
    downgrade = revision.function("downgrade")
    if downgrade is None:
        if not revision.binds("downgrade"):
            problem = "has no `downgrade()`"
            yield Hit(revision.location, {"revision": revision.id, "problem": problem, "remedy": _INVERSE})
    elif does_nothing(downgrade):
        yield _hit(revision, downgrade, "has an empty `downgrade()`")
    elif only_raises(downgrade):
        yield _hit(revision, downgrade, "has a `downgrade()` that only raises")
    else:
        yield Met(revision.place(downgrade))


def _hit(revision: Revision, downgrade: FunctionDef, problem: str) -> Hit:
    """Rows that an upgrade rewrote need not be as before for the release to be taken back: a warning."""
    start = downgrade.name_start
    place = revision.source.location(revision.file, start, start + len(downgrade.name))
    upgrade = revision.function("upgrade")
    rows_only = upgrade is not None and changes_rows_only(upgrade)
    severity = Severity.WARNING if rows_only and does_nothing(downgrade) else None
    kept = _OBJECTS if upgrade is not None and makes_objects(upgrade) else _KEPT
    fields = {"revision": revision.id, "problem": problem, "remedy": kept if rows_only else _INVERSE}
    return Hit(place, fields, severity=severity)
