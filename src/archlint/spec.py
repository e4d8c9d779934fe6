"""The text of a standard, from `spec.toml`: requirements, scenarios, and the clauses that rules decide."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Literal

import msgspec
import tomli

from archlint.findings import ArchlintError


class Clause(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One sentence of the standard, `BA05.2.1`, in our own short wording.

    `keyword` is RFC 2119's; a `MAY` is a permission that no rule may take away. `sha256` is of the
    sentence as the standard has it.
    """

    id: str
    keyword: Literal["SHALL", "MAY"]
    statement: str
    sha256: str


class Scenario(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A situation that the standard speaks of, `BA05.2`."""

    id: str
    title: str
    clauses: tuple[Clause, ...] = msgspec.field(name="clause")


class Requirement(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One of the standard's requirements, `BA05`, and the family of rules that enforces it."""

    id: str
    family: str
    title: str
    scenarios: tuple[Scenario, ...] = msgspec.field(name="scenario")

    @property
    def clauses(self) -> Iterator[Clause]:
        """Every clause, in the standard's order."""
        return (clause for scenario in self.scenarios for clause in scenario.clauses)


class Spec(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole text.

    `prefix` is what all its codes start with, `layers` are the names of the layers that it asks for, the
    lowest first.
    """

    prefix: Annotated[str, msgspec.Meta(pattern="^[A-Z]+$")]
    layers: tuple[str, ...]
    requirements: tuple[Requirement, ...] = msgspec.field(name="requirement")

    @property
    def clauses(self) -> Iterator[Clause]:
        """Every clause, in the standard's order."""
        return (clause for requirement in self.requirements for clause in requirement.clauses)


def read_spec(directory: Path) -> Spec:
    """The text of the standard in `directory`. Raises ArchlintError when its data is damaged."""
    path = directory / "spec.toml"
    try:
        return msgspec.convert(_read(path), Spec)
    except msgspec.ValidationError as error:
        raise ArchlintError(f"{path}: {error}") from error


def read_unchecked(directory: Path) -> dict[str, str]:
    """The clauses that no rule decides, each with the reason."""
    return _read(directory / "unchecked.toml")


def rules_directory() -> Path:
    """Where `spec.toml` and the pages are: inside a built package, else beside the checkout's `src`.

    hatchling's `force-include` copies `rules/` into a wheel but not into an editable install.
    """
    packaged = Path(__file__).parent / "_rules"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "rules"


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomli.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomli.TOMLDecodeError) as error:
        raise ArchlintError(f"{path}: {error}") from error
