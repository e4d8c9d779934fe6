"""The revisions of an environment in Alembic's order, and the database that they build."""

from __future__ import annotations

from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct, field

from archlint.service.migrations.environments import MigrationEnvironment
from archlint.service.migrations.revisions import Revision, RevisionGraph
from archlint.service.schema.alembic.replay import Done, Replay, ReplayProblem, TransactionMode
from archlint.service.schema.core.naming import Convention
from archlint.service.schema.core.tables import Table, TableKey
from archlint.service.semantics.modules import Modules


class Deed(Struct, frozen=True):
    """What a revision's upgrade did: its operations, and the tables and types before and after it."""

    done: tuple[Done, ...]
    before: dict[TableKey, Table | None]
    after: dict[TableKey, Table | None]
    types_before: frozenset[str]
    types_after: frozenset[str]


class History(Struct, eq=False, frozen=True, dict=True):
    """The revisions of one environment, from the base to the heads."""

    environment: MigrationEnvironment
    modules: Modules
    convention: Convention
    transactions: TransactionMode = field(default_factory=TransactionMode)

    @cached_property
    def graph(self) -> RevisionGraph:
        """The revisions and how they follow each other."""
        return RevisionGraph(self.environment.revisions, not self.environment.unknown)

    @cached_property
    def unknown(self) -> str | None:
        """Why the revisions cannot be put in order; None where they can."""
        if self.environment.unknown:
            return self.environment.unknown[0].what + ": " + self.environment.unknown[0].why
        known = self.graph.by_id
        if len(known) < len(self.environment.revisions):
            return "two revisions have one id"
        missing = [p for r in self.environment.revisions for p in r.parents if p not in known]
        if missing:
            return f"revision `{missing[0]}` is not there"
        return None if self.order is not None else "the revisions follow each other in a circle"

    @cached_property
    def order(self) -> tuple[Revision, ...] | None:
        """Parents and dependencies first; independent branches by their files. None for a circle."""
        sorter: TopologicalSorter[str] = TopologicalSorter()
        known = self.graph.by_id
        for revision in sorted(known.values(), key=lambda r: r.file):
            before = (*revision.parents, *(self._dependency(word) for word in revision.depends_on))
            sorter.add(revision.id, *(name for name in before if name in known))
        try:
            return tuple(known[name] for name in sorter.static_order())
        except CycleError:
            return None

    def _dependency(self, word: str) -> str:
        """The id behind a branch label or the start of an id."""
        known = self.graph.by_id
        labelled = (id_ for id_, revision in known.items() if word in revision.labels)
        started = (id_ for id_ in known if id_.startswith(word))
        return word if word in known else next((*labelled, *started).__iter__(), word)

    @property
    def upgraded(self) -> Replay:
        """The replay after `alembic upgrade heads`; its database forgets what it cannot follow."""
        return self._upgrade[0]

    @property
    def problems(self) -> tuple[ReplayProblem, ...]:
        """What the upgrade would be refused."""
        return self._upgrade[1]

    @property
    def deeds(self) -> dict[str, Deed]:
        """What each upgrade did, by the revision's id."""
        return self._upgrade[2]

    @cached_property
    def _upgrade(self) -> tuple[Replay, tuple[ReplayProblem, ...], dict[str, Deed]]:
        replay = Replay(self.modules, self.convention, transactions=self.transactions)
        if self.unknown is not None:
            replay.database.forget_all(self.unknown)
        problems: list[ReplayProblem] = []
        deeds: dict[str, Deed] = {}
        for revision in self.order or ():
            types = frozenset(replay.database.types)
            problems += replay.run(revision, "upgrade")
            before = replay.database.touched
            after = {key: replay.database.copy_of(key) for key in before}
            now = frozenset(replay.database.types)
            deeds[revision.id] = Deed(tuple(replay.done), before, after, types, now)
        return replay, tuple(problems), deeds
