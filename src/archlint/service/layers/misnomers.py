"""Directories that have a layer's name and hold something else."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from itertools import pairwise

from archlint.paths import ancestors
from archlint.service.layers.contents import Contents
from archlint.service.layers.names import LAYERS, SYNONYMS, names_of, stem
from archlint.service.semantics.modules import Module

_MAIN = frozenset({"app.py", "asgi.py", "main.py", "server.py"})
"""Files that make a program's application."""

_SERVICES = frozenset({"service", "services"})
_ROUTERS = SYNONYMS["routers"] | {"routers"}
_CALLED = frozenset(LAYERS).union(*SYNONYMS.values()) - {"core"}
"""Names that a feature may have, too; a core beside features has what all of them begin with."""

_ALIKE = 2
"""So many siblings with the same files show that these are features."""

_FEATURES = 3
"""So many packages with a file for a layer are features; fewer are set up in such files."""


def misnomers(
    parents: Mapping[Module, Sequence[str]],
    contents: Callable[[Module], Contents],
    has_routes: Callable[[Module], bool],
) -> frozenset[str]:
    """The directories that are no layers in spite of their names; `parents` are those above each module."""
    folders = frozenset(folder for above in parents.values() for folder in above)
    return frozenset(
        (
            *_applications(parents, contents, folders),
            *_domains(parents, contents, folders),
            *_deployables(parents, contents),
            *_other_routers(parents, has_routes),
            # What is at the heart of queries is theirs, and dependencies are sorted by what they give.
            *_within(SYNONYMS["crud"] | {"crud"}, folders, {"core"}),
            *_within(SYNONYMS["dependencies"] | {"dependencies"}, folders, {*LAYERS}),
        )
    )


def _applications(
    parents: Mapping[Module, Sequence[str]], contents: Callable[[Module], Contents], folders: frozenset[str]
) -> Iterator[str]:
    """A directory `core` with all that has endpoints, or all services and API: no core, the application."""
    routing = [above for module, above in parents.items() if contents(module).routes]
    around_services = [_around(one) for one in folders if posixpath.basename(one) in _SERVICES]
    with_api = {outer for one in folders if posixpath.basename(one) in _ROUTERS for outer in _around(one)}
    whole = with_api.intersection(*around_services) if around_services else set()
    for folder in folders.intersection(*routing):
        if posixpath.basename(folder) == "core" and (len(routing) > 1 or folder in whole):
            yield folder


def _domains(
    parents: Mapping[Module, Sequence[str]], contents: Callable[[Module], Contents], folders: frozenset[str]
) -> Iterator[str]:
    """A directory `core` of which most packages have a file for a layer: what the application is about.

    One that has settings or an engine is what the application is built on, whatever lies beside these.
    Beside a directory of services `core/mail/service.py` is what these have in common: there a package has
    several such files.
    """
    built_on = {folder for module, above in parents.items() if contents(module).setup for folder in above}
    named: defaultdict[str, set[str]] = defaultdict(set)
    for module, above in parents.items():
        if above:
            named[above[0]].update(names_of(stem(module.path)))
    packages: defaultdict[str, set[str]] = defaultdict(set)
    for inner, outer in {pair for above in parents.values() for pair in pairwise(above)}:
        if posixpath.basename(outer) == "core" and posixpath.basename(inner) not in LAYERS:
            packages[outer].add(inner)
    for core, inside in packages.items():
        beside = {posixpath.join(posixpath.dirname(core), name) for name in _SERVICES}
        least = 1 if folders.isdisjoint(beside) else 2
        features = sum(len(named[one]) >= least for one in inside)
        if core not in built_on and features >= _FEATURES and 2 * features > len(inside):
            yield core


def _deployables(
    parents: Mapping[Module, Sequence[str]], contents: Callable[[Module], Contents]
) -> Iterator[str]:
    """A directory `services` of programs: the main module of one lies in a directory of it."""
    for module in (one for one in parents if posixpath.basename(one.path) in _MAIN):
        above = parents[module]
        outer = [folder for folder in above[1:] if posixpath.basename(folder) == "services"]
        if outer and contents(module).app:
            yield from outer


def _other_routers(
    parents: Mapping[Module, Sequence[str]], has_routes: Callable[[Module], bool]
) -> Iterator[str]:
    """Directories `routers` in another layer's that hold no endpoint: they route other things."""
    own: dict[str, bool] = {}
    for module, above in parents.items():
        for folder in above:
            if posixpath.basename(folder) == "routers" and _lies_in(LAYERS, folder):
                own[folder] = own.get(folder, False) or has_routes(module)
    return (folder for folder, has_endpoints in own.items() if not has_endpoints)


def _within(outer: Iterable[str], folders: Iterable[str], names: Set[str]) -> Iterator[str]:
    """The directories with some names that lie in one with an outer name."""
    return (one for one in folders if posixpath.basename(one) in names and _lies_in(outer, one))


def _lies_in(names: Iterable[str], folder: str) -> bool:
    """Whether a directory above it has one of the names."""
    return not {posixpath.basename(one) for one in _around(folder)}.isdisjoint(names)


def _around(folder: str) -> Iterator[str]:
    return ancestors(posixpath.dirname(folder))


def features_by_siblings(
    parents: Mapping[Module, Sequence[str]], bears_out: Callable[[Module, str], bool]
) -> frozenset[str]:
    """Features that are called like a layer: they have the files that siblings with other names have."""
    files: defaultdict[str, dict[str, Module]] = defaultdict(dict)
    siblings: defaultdict[str, set[str]] = defaultdict(set)
    for module, above in parents.items():
        if above and not module.is_package:
            files[above[0]][stem(module.path)] = module
            if posixpath.basename(above[0]) not in _CALLED:
                siblings[posixpath.dirname(above[0])].add(above[0])

    def alike(own: Mapping[str, Module], folder: str) -> bool:
        return _are_alike(own, files[folder], bears_out)

    return frozenset(
        folder
        for folder, own in files.items()
        if posixpath.basename(folder) in _CALLED
        and sum(alike(own, one) for one in siblings[posixpath.dirname(folder)]) >= _ALIKE
    )


def _are_alike(
    own: Mapping[str, Module], other: Mapping[str, Module], bears_out: Callable[[Module, str], bool]
) -> bool:
    """Whether they have several files in common, and one of them is of its own layer in both.

    Where a directory is a layer, its `table.py` and `service.py` are about tables and services.
    """
    both = own.keys() & other.keys()
    said = [(name, layer) for name in sorted(both) for layer in names_of(name) if layer != "services"]
    return len(both) > 1 and any(
        bears_out(own[name], layer) and bears_out(other[name], layer) for name, layer in said
    )
