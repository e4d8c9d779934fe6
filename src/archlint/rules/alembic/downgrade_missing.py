"""BA0306: a revision that cannot be taken back."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import FunctionDef
from archlint.findings import Hit
from archlint.service.migrations.revisions import Revision, does_nothing, only_raises
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit]:
    """Yield each revision that changes something and whose `downgrade()` changes nothing."""
    for environment in service.migrations.environments:
        for revision in environment.revisions:
            upgrade = revision.function("upgrade")
            if len(revision.parents) < 2 and upgrade is not None and not does_nothing(upgrade):
                yield from _judge(revision)


def _judge(revision: Revision) -> Iterator[Hit]:
    downgrade = revision.function("downgrade")
    if downgrade is None:
        if not revision.binds("downgrade"):
            yield Hit(revision.location, {"revision": revision.id, "problem": "has no `downgrade()`"})
    elif does_nothing(downgrade):
        yield _hit(revision, downgrade, "has an empty `downgrade()`")
    elif only_raises(downgrade):
        yield _hit(revision, downgrade, "has a `downgrade()` that only raises")


def _hit(revision: Revision, downgrade: FunctionDef, problem: str) -> Hit:
    start = downgrade.name_start
    place = revision.source.location(revision.file, start, start + len(downgrade.name))
    return Hit(place, {"revision": revision.id, "problem": problem})
