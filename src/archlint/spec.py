"""The text of a standard: requirements, their scenarios, and the clauses that rules decide."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Clause:
    """One sentence of the standard, `BA05.2.1`, in our own short wording.

    `keyword` is RFC 2119's; a `MAY` is a permission that no rule may take away. `sha256` is of the
    sentence as the standard has it.
    """

    id: str
    keyword: Literal["SHALL", "MAY"]
    statement: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Scenario:
    """A situation that the standard speaks of, `BA05.2`."""

    id: str
    title: str
    clauses: tuple[Clause, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """One of the standard's requirements, `BA05`, and the family of rules that enforces it."""

    id: str
    family: str
    title: str
    scenarios: tuple[Scenario, ...]

    @property
    def clauses(self) -> Iterator[Clause]:
        """Every clause, in the standard's order."""
        return (clause for scenario in self.scenarios for clause in scenario.clauses)


@dataclass(frozen=True, slots=True)
class Spec:
    """The whole text.

    `prefix` is what all its codes start with, `layers` are the names of the layers that it asks for, the
    lowest first. `documentation` is the address of a rule's page, with `{family}`, `{name}` and `{code}` in
    it, where the pages are published.
    """

    prefix: str
    layers: tuple[str, ...]
    requirements: tuple[Requirement, ...]
    documentation: str = ""

    @property
    def clauses(self) -> Iterator[Clause]:
        """Every clause, in the standard's order."""
        return (clause for requirement in self.requirements for clause in requirement.clauses)


def rules_directory() -> Path:
    """Where `spec.toml` and the pages are: inside a built package, else beside the checkout's `src`.

    hatchling's `force-include` copies `rules/` into a wheel but not into an editable install.
    """
    packaged = Path(__file__).parent / "_rules"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "rules"
