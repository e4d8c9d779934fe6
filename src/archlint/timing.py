"""Where a run's time goes: each second is counted once, for what was doing the work just then."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cached_property, partial

_CHECKING = "checking "


class Clock:
    """Seconds of processor time by `stages` of a run, by `parts` of the service and by `rules`.

    What a rule or a part asks of another part counts for that one alone, so that all parts, all rules and
    all stages but "checking" add up to the run.
    """

    def __init__(self) -> None:
        self.stages: dict[str, float] = {}
        self.parts: dict[str, float] = {}
        self.rules: dict[str, float] = {}
        self._open: list[tuple[dict[str, float], str]] = [(self.stages, "starting")]
        self._since = time.process_time()

    def following(self, progress: Callable[[str], None]) -> Callable[[str], None]:
        """The same progress, by which the clock knows what a run goes on with."""

        def step(stage: str) -> None:
            if stage.startswith(_CHECKING):
                self._go_on(self.rules, stage.rpartition(": ")[2])
            else:
                self._go_on(self.stages, stage)
            progress(stage)

        return step

    @contextmanager
    def watching(self, kind: type) -> Iterator[None]:
        """Count each cached property of a class as a part, as long as this lasts."""
        every = {name: one for base in reversed(kind.__mro__) for name, one in vars(base).items()}
        parts = {name: one for name, one in every.items() if isinstance(one, cached_property)}
        own = {name: part.func for name, part in parts.items()}
        for name, part in parts.items():
            part.func = partial(self._timed, name, own[name])
        try:
            yield
        finally:
            for name, part in parts.items():
                part.func = own[name]
            self._go_on(self.stages, "reporting")

    def _timed(self, name: str, part: Callable[[object], object], owner: object) -> object:
        self._count()
        self._open.append((self.parts, name.lstrip("_")))
        try:
            return part(owner)
        finally:
            self._count()
            self._open.pop()

    def _go_on(self, kind: dict[str, float], name: str) -> None:
        self._count()
        self._open = [(kind, name)]

    def _count(self) -> None:
        now = time.process_time()
        kind, name = self._open[-1]
        kind[name] = kind.get(name, 0.0) + now - self._since
        self._since = now
