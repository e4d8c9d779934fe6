"""BA0004: a baseline with entries that no finding meets any more."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.baseline import Baseline
from archlint.findings import Hit, Location, Met, NotApplicable, Said


def check(baseline: Baseline | None) -> Iterator[Said]:
    """Yield one hit for all entries that are to be taken out."""
    if baseline is None:
        yield NotApplicable("it has no baseline")
        return
    if not baseline.stale:
        yield Met(Location(baseline.path))
        return
    first = min(baseline.stale, key=baseline.location)
    count = len(baseline.stale)
    yield Hit(
        baseline.location(first),
        {
            "count": "1 entry" if count == 1 else f"{count} entries",
            "met": "is met by no finding" if count == 1 else "are met by no finding",
            "rule": first.rule,
            "file": first.file,
            "path": "" if "/" not in baseline.path else f" {baseline.path.rpartition('/')[0]}",
        },
    )
