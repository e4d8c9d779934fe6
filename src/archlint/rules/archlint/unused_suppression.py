"""BA0003: a suppression that is no good."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.suppressions import Suppressions


def check(suppressions: Suppressions) -> Iterator[Hit]:
    """Yield each suppression that has no reason, suppresses nothing, or names no rule."""
    for suppression, problem in suppressions.complaints():
        yield Hit(suppression.location, {"suppression": suppression.text, "problem": problem})
