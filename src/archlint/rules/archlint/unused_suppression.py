"""BA0003: a suppression that is no good."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.suppressions import Suppressions


def check(suppressions: Suppressions) -> Iterator[Said]:
    """Yield each suppression that has no reason, suppresses nothing, or names no rule."""
    if not suppressions.suppressions:
        yield NotApplicable("nothing in it is suppressed")
    complaints = list(suppressions.complaints())
    bad = {suppression.location for suppression, _ in complaints}
    yield from (Met(one.location) for one in suppressions.suppressions if one.location not in bad)
    for suppression, problem in complaints:
        yield Hit(suppression.location, {"suppression": suppression.text, "problem": problem})
