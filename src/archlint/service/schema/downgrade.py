"""The way back and forth: `alembic downgrade base` after the upgrade, and the second upgrade after that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.findings import Location
from archlint.service.revisions import Revision
from archlint.service.schema.differences import Difference, differences
from archlint.service.schema.history import Deed, History
from archlint.service.schema.replay import Problem, Replay


@dataclass(frozen=True, slots=True)
class Leftover:
    """Something that a revision's downgrade does not take back, with the operation that did it."""

    revision: Revision
    location: Location
    operation: str
    words: str


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """`downgrade base` and a second `upgrade heads`, each a run of Alembic of its own.

    Of what PostgreSQL refuses everything is told, not only the first, which would end the run: the tables
    concerned are unknown from there on.
    """

    history: History

    @property
    def downgrade(self) -> tuple[Problem, ...]:
        """What `alembic downgrade base` would be refused, in its order."""
        return self._down[0]

    @property
    def leftovers(self) -> tuple[Leftover, ...]:
        """What the downgrades do not take back, whether or not anything is refused for it."""
        return self._down[1]

    @cached_property
    def second_upgrade(self) -> tuple[Problem, ...]:
        """What `alembic upgrade heads` would be refused after that."""
        first = {(problem.location, problem.message) for problem in self.history.problems}
        again = self._replay(self._down[2])
        problems = [p for revision in self.history.order or () for p in again.run(revision, "upgrade")]
        return tuple(problem for problem in problems if (problem.location, problem.message) not in first)

    @cached_property
    def _down(self) -> tuple[tuple[Problem, ...], tuple[Leftover, ...], Replay]:
        replay = self._replay(self.history.upgraded)
        problems: list[Problem] = []
        leftovers: list[Leftover] = []
        for revision in reversed(self.history.order or ()):
            deed = self.history.deeds[revision.id]
            there = {key: replay.database.copy_of(key) for key in deed.before}
            types = frozenset(replay.database.types)
            problems += replay.run(revision, "downgrade")
            known = {
                key: table for key, table in deed.before.items() if replay.database.has_table(key) is not None
            }
            now = {key: replay.database.copy_of(key) for key in known}
            late = set(differences(deed.after, there))
            found = [*differences(known, now), *_types(deed, types, frozenset(replay.database.types))]
            leftovers += [_blamed(revision, deed, one) for one in found if one not in late]
        return tuple(problems), tuple(leftovers), replay

    def _replay(self, after: Replay) -> Replay:
        return Replay(self.history.modules, self.history.convention, after.database.snapshot())


def _types(deed: Deed, there: frozenset[str], now: frozenset[str]) -> Iterator[Difference]:
    """Enumerations that the upgrade made and the downgrade leaves, and the other way round."""
    for name in sorted((deed.types_after - deed.types_before) & there & now):
        yield Difference(name, name, f"type `{name}` stays")
    for name in sorted(deed.types_before - deed.types_after - there - now):
        yield Difference(name, name, f"type `{name}` is not made again")


def _blamed(revision: Revision, deed: Deed, found: Difference) -> Leftover:
    """The last operation that names the thing, or else the table that it is in."""
    for words in ({found.table, found.name}, {found.name}, {found.table}):
        for done in reversed(deed.done):
            if words <= done.words:
                return Leftover(revision, done.location, done.operation, found.words)
    return Leftover(revision, revision.location, "upgrade()", found.words)
