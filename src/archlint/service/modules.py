"""The service's Python modules, and which module an import means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from archlint.facts.syntax import Node, PythonSource
from archlint.findings import Location


class Role(StrEnum):
    """What a module is for; most rules look at runtime modules only."""

    RUNTIME = "runtime"
    TEST = "test"
    MIGRATION = "migration"
    SCRIPT = "script"


@dataclass(frozen=True, slots=True, eq=False)
class Module:
    """A Python file of the repository under the name by which the service imports it."""

    name: str
    path: str
    source: PythonSource
    role: Role

    @property
    def is_package(self) -> bool:
        """Whether this is a package's `__init__`."""
        return self.path.endswith("__init__.py")

    def location(self, node: Node) -> Location:
        """Where `node` stands."""
        return self.source.location(self.path, node.start, node.end)

    def span(self, start: int, end: int) -> Location:
        """Where the text from offset `start` to `end` stands."""
        return self.source.location(self.path, start, end)
