"""How long a run's stages, parts and rules took, as a table."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.timing import Clock

_LEAST = 0.005


def time_table(clock: Clock) -> str:
    """Seconds of processor time, the most first; what rounds to nothing is left out."""
    return "\n".join(_lines(clock)) + "\n"


def _lines(clock: Clock) -> Iterator[str]:
    groups = {"stage": clock.stages, "part": clock.parts, "rule": clock.rules}
    total = sum(seconds for group in groups.values() for seconds in group.values())
    yield f"{total:8.2f} s  processor time"
    for kind, group in groups.items():
        shown = [(name, seconds) for name, seconds in group.items() if seconds >= _LEAST]
        for name, seconds in sorted(shown, key=lambda one: (-one[1], one[0])):
            yield f"{seconds:8.2f} s  {kind:5}  {name}"
