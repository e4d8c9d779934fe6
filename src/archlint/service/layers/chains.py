"""Chains of imports that lead from a layer through modules of no layer into a forbidden layer.

import-linter's `forbidden` contract says the same of whether there is one; a test compares the two.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence

from msgspec import Struct

from archlint.service.semantics.imports import ImportEdge
from archlint.service.semantics.modules import Module


class ImportTarget(Struct, frozen=True):
    """A definition of a module of no layer, or with `name` None all of the module."""

    module: Module
    name: str | None


class OnwardImport(Struct, frozen=True):
    """Where an import leads: to a place of no layer, or into a forbidden layer."""

    edge: ImportEdge
    place: ImportTarget
    forbidden: bool


def chains(
    statements: Iterable[Sequence[OnwardImport]], onward: Callable[[ImportTarget], Iterable[OnwardImport]]
) -> Iterator[tuple[ImportEdge, ...]]:
    """For each statement, given by where it leads, the shortest chain into a forbidden layer, if any.

    `onward` gives the imports that a place uses.
    """
    starts = list(statements)
    graph = _Graph(onward)
    for start in starts:
        for step in start:
            graph.explore(step.place)
    leading = graph.leading()
    for start in starts:
        if any(step.forbidden or step.place in leading for step in start):
            yield graph.shortest_chain(start)


class _Graph:
    """The places that can be reached and where each leads."""

    def __init__(self, onward: Callable[[ImportTarget], Iterable[OnwardImport]]) -> None:
        self._onward = onward
        self._steps: dict[ImportTarget, tuple[OnwardImport, ...]] = {}

    def explore(self, start: ImportTarget) -> None:
        pending = [start]
        while pending:
            place = pending.pop()
            if place in self._steps:
                continue
            found: dict[tuple[bool, ImportTarget], OnwardImport] = {}
            for step in self._onward(place):
                found.setdefault((step.forbidden, step.place), step)
            self._steps[place] = tuple(found.values())
            pending += [step.place for step in found.values() if not step.forbidden]

    def leading(self) -> set[ImportTarget]:
        """The places from which some chain leads into a forbidden layer."""
        before: dict[ImportTarget, list[ImportTarget]] = {}
        pending: list[ImportTarget] = []
        for place, steps in self._steps.items():
            for step in steps:
                if step.forbidden:
                    pending.append(place)
                else:
                    before.setdefault(step.place, []).append(place)
        found: set[ImportTarget] = set()
        while pending:
            place = pending.pop()
            if place not in found:
                found.add(place)
                pending += before.get(place, ())
        return found

    def shortest_chain(self, start: Sequence[OnwardImport]) -> tuple[ImportEdge, ...]:
        """The imports from `start` into a forbidden layer; of several such chains the first."""
        pending: deque[tuple[OnwardImport, tuple[ImportEdge, ...]]]
        pending = deque((step, (step.edge,)) for step in start)
        seen = {step.place for step in start}
        while pending:
            step, chain = pending.popleft()
            if step.forbidden:
                return chain
            for further in self._steps[step.place]:
                if further.forbidden or further.place not in seen:
                    seen.add(further.place)
                    pending.append((further, (*chain, further.edge)))
        return ()
