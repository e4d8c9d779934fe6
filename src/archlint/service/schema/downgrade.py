"""The way back and forth: `alembic downgrade base` after the upgrade, and the second upgrade after that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from archlint.service.schema.history import History
from archlint.service.schema.replay import Problem, Replay


@dataclass(frozen=True, eq=False)
class RoundTrip:
    """`downgrade base` and a second `upgrade heads`, each a run of Alembic of its own.

    Of what PostgreSQL refuses everything is told, not only the first, which would end the run: the tables
    concerned are unknown from there on.
    """

    history: History

    @cached_property
    def downgrade(self) -> tuple[Problem, ...]:
        """What `alembic downgrade base` would be refused, in its order."""
        return tuple(self._run(self._down, "downgrade"))

    @cached_property
    def second_upgrade(self) -> tuple[Problem, ...]:
        """What `alembic upgrade heads` would be refused after that."""
        assert self.downgrade is not None
        first = {(problem.location, problem.message) for problem in self.history.problems}
        again = Replay(self.history.modules, self.history.convention, self._down.database.snapshot())
        return tuple(
            problem
            for problem in self._run(again, "upgrade")
            if (problem.location, problem.message) not in first
        )

    @cached_property
    def _down(self) -> Replay:
        database = self.history.upgraded.database.snapshot()
        return Replay(self.history.modules, self.history.convention, database)

    def _run(self, replay: Replay, function: str) -> Iterator[Problem]:
        order = self.history.order or ()
        for revision in reversed(order) if function == "downgrade" else order:
            yield from replay.run(revision, function)
