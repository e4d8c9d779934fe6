"""Chains of imports that lead from a layer through modules of no layer into a forbidden layer.

import-linter decides, on a graph made here: its packages are `source` (import statements of the layer),
`helper` (what modules of no layer define) and `target` (modules of the forbidden layers). It is imported
only when some helper does import a forbidden layer.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint.service.semantics.imports import ImportEdge
from archlint.service.semantics.modules import Module

if TYPE_CHECKING:
    from grimp import ImportGraph


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
    for index in _broken(starts, graph) if graph.has_exits else ():
        yield graph.shortest_chain(starts[index])


class _Graph:
    """The places that can be reached and where each leads."""

    def __init__(self, onward: Callable[[ImportTarget], Iterable[OnwardImport]]) -> None:
        self._onward = onward
        self.steps: dict[ImportTarget, dict[str, OnwardImport]] = {}
        self.has_exits = False

    def explore(self, start: ImportTarget) -> None:
        pending = [start]
        while pending:
            place = pending.pop()
            if place in self.steps:
                continue
            self.steps[place] = {}
            for step in self._onward(place):
                self.steps[place].setdefault(_node(step), step)
                self.has_exits |= step.forbidden
                if not step.forbidden:
                    pending.append(step.place)

    def shortest_chain(self, start: Sequence[OnwardImport]) -> tuple[ImportEdge, ...]:
        """The imports from `start` into a forbidden layer; of several such chains the first."""
        pending: deque[tuple[OnwardImport, tuple[ImportEdge, ...]]]
        pending = deque((step, (step.edge,)) for step in start)
        seen = {step.place for step in start}
        while pending:
            step, chain = pending.popleft()
            if step.forbidden:
                return chain
            for further in self.steps[step.place].values():
                if further.forbidden or further.place not in seen:
                    seen.add(further.place)
                    pending.append((further, (*chain, further.edge)))
        return ()


def _broken(starts: Sequence[Sequence[OnwardImport]], graph: _Graph) -> list[int]:
    """The indices of the statements from which a chain leads into a forbidden layer.

    import-linter shows a chain for each, but of several shortest ones any.
    """
    # It configures its contracts' surroundings only when its API is imported.
    import importlinter.api  # noqa: F401
    from importlinter.contracts.forbidden import ForbiddenContract

    contract = ForbiddenContract(
        name="layers",
        session_options={"root_packages": ["source", "helper", "target"]},
        # Each statement by itself: between packages, grimp uses an import in one chain only.
        contract_options={"source_modules": ["source.*"], "forbidden_modules": ["target"]},
    )
    check = contract.check(graph=_import_graph(starts, graph), verbose=False)
    broken = {chains["downstream_module"] for chains in check.metadata["invalid_chains"]}
    return sorted(int(name.removeprefix("source.s")) for name in broken)


def _import_graph(starts: Sequence[Sequence[OnwardImport]], graph: _Graph) -> ImportGraph:
    from grimp import ImportGraph

    built = ImportGraph()
    for package in ("source", "helper", "target"):
        built.add_module(package)
    for index, start in enumerate(starts):
        for step in start:
            built.add_import(importer=f"source.s{index}", imported=_node(step))
    for place, steps in graph.steps.items():
        for node in steps:
            built.add_import(importer=f"helper.{_slug(place)}", imported=node)
    return built


def _node(step: OnwardImport) -> str:
    return f"{'target' if step.forbidden else 'helper'}.{_slug(step.place)}"


def _slug(place: ImportTarget) -> str:
    """A place as one component of a name in the graph, where dots would make packages."""
    return f"{place.module.path}:{place.name or ''}".replace(".", "_")
