"""One change between two documents."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple, TypeAlias

from msgspec import Struct

from archlint.service.evolution.levels import level_of

Level: TypeAlias = Literal["error", "warning", "info"]
Direction: TypeAlias = Literal["request", "response"]

REMOVALS = frozenset(
    f"api-{part}removed-{how}"
    for part in ("", "path-")
    for how in ("without-deprecation", "before-sunset", "with-deprecation")
)
"""The kinds of changes by which an operation goes away."""

SHOWN = 3
"""How many operations a message names."""


class OperationName(NamedTuple):
    """A path and an upper-case method."""

    path: str
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


def some(operations: Sequence[OperationName]) -> str:
    """The first of them, and how many more there are."""
    more = len(operations) - SHOWN
    named = ", ".join(map(str, operations[:SHOWN]))
    return f"{named} and {more} more" if more > 0 else named


class Change(Struct, frozen=True):
    """One change, with the operations that it reaches.

    `id` is oasdiff's identifier for its kind. `schema` is the component in which it happened, empty for one
    in the operation itself, `base_schema` its name in the base, and `field` the path of names in that.
    """

    id: str
    text: str
    operations: tuple[OperationName, ...]
    schema: str = ""
    field: str = ""
    base_schema: str = ""

    @property
    def level(self) -> Level:
        """How sure it is that a client breaks."""
        return level_of(self.id)
