"""BA0306: a revision that cannot be taken back."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.discover import Repository
from archlint.facts.syntax import FunctionDef
from archlint.facts.traversal import docstring
from archlint.findings import Hit, Met, NotApplicable, Said, Severity
from archlint.service.migrations.revisions import Revision, does_nothing, only_raises, out_of_reach
from archlint.service.model import Service
from archlint.service.schema.alembic.executed_sql import RevisionEffect, revision_effect
from archlint.service.semantics.reasons import documented, excuse, reason

_INVERSE = "Write in `downgrade()` the inverse of each operation of `upgrade()`, in reverse order"
_REMEDIES = {
    RevisionEffect.TABLES: _INVERSE,
    RevisionEffect.ROWS: (
        "Restore in `downgrade()` the rows that `upgrade()` changes, from a table in which it keeps them; "
        "where nobody will want them back, suppress this rule here, with the reason"
    ),
    RevisionEffect.OBJECTS: (
        "Undo in `downgrade()` what the SQL of `upgrade()` makes, changes or drops; "
        "an extension that others need as well may stay: then suppress this rule here, with the reason"
    ),
    RevisionEffect.VALUES: (
        "PostgreSQL takes no value out of a type: make the type anew without it in `downgrade()`, and have "
        "its columns take that one; where the value may stay, suppress this rule here, with the reason"
    ),
}
_REASONS = re.compile(
    r"(?i)harmless|irreversib|not reversible|(can ?not|can't|never) (be )?(undo|reve|remov|drop|restor)"
    r"|(does not|doesn't) support|one[- ]way|forward[- ]only|on purpose|intentional|deliberate|may stay"
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
            yield from _judge(service.repository, revision) if changes and revision.id not in beyond else ()


def _judge(repository: Repository, revision: Revision) -> Iterator[Hit | Met]:
    downgrade = revision.function("downgrade")
    if downgrade is None and not revision.binds("downgrade"):
        fields = {"revision": revision.id, "problem": "has no `downgrade()`", "remedy": _INVERSE}
        yield Hit(revision.location, fields)
    elif downgrade is None:
        return
    elif does_nothing(downgrade):
        yield _hit(repository, revision, downgrade, "has an empty `downgrade()`")
    elif only_raises(downgrade):
        yield _hit(repository, revision, downgrade, "has a `downgrade()` that only raises")
    else:
        yield Met(revision.place(downgrade))


def _hit(repository: Repository, revision: Revision, downgrade: FunctionDef, problem: str) -> Hit:
    """Rows that an upgrade rewrote need not be as before for the release to be taken back: a warning.

    So is a downgrade for which a comment or its docstring gives a reason.
    """
    end = downgrade.name_start + len(downgrade.name)
    place = revision.source.location(revision.file, downgrade.name_start, end)
    upgrade = revision.function("upgrade")
    done = revision_effect(upgrade) if upgrade is not None else RevisionEffect.TABLES
    said = reason(repository, revision.place(downgrade), _REASONS)
    said = said or documented(docstring(downgrade.body), _REASONS)
    rewrites = done in {RevisionEffect.ROWS, RevisionEffect.OBJECTS} and does_nothing(downgrade)
    fields = {"revision": revision.id, "problem": problem + excuse(said), "remedy": _REMEDIES[done]}
    return Hit(place, fields, severity=Severity.WARNING if said or rewrites else None)
