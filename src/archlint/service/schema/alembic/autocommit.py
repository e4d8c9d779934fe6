"""Alembic's `autocommit_block()`, inside of which no transaction is open."""

from __future__ import annotations

from dataclasses import dataclass

from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.values import External, Value
from archlint.service.schema.postgresql.server import Database


@dataclass(eq=False, repr=False)
class AutocommitBlock(Modelled):
    """`with op.get_context().autocommit_block():`, which commits what is before it, and each statement."""

    database: Database
    _around: bool | None = True

    def attribute(self, machine: Machine, name: str) -> Value:
        """It has none that a revision uses."""
        return External(f"alembic.autocommit_block().{name}")

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Assign nothing."""

    def enter(self) -> Value:
        """Commit; nothing is inside of a transaction from here on."""
        self.database.block.commit()
        self._around, self.database.block.inside = self.database.block.inside, False
        return None

    def leave(self) -> None:
        """Begin the next transaction."""
        self.database.block.inside = self._around
