"""Directories that have a layer's name and hold something else."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from itertools import pairwise

from archlint.paths import ancestors
from archlint.service.layers.contents import Contents
from archlint.service.layers.names import LAYERS, SYNONYMS, names_of, stem
from archlint.service.semantics.modules import Module

_MAIN = frozenset({"app.py", "asgi.py", "main.py", "server.py"})
"""Files that make a program's application."""

_SERVICES = frozenset({"service", "services"})
_ROUTERS = SYNONYMS["routers"] | {"routers"}
_DEPENDENCIES = SYNONYMS["dependencies"] | {"dependencies"}
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
    return frozenset(
        (
            *_applications(parents, contents),
            *_domains(parents, contents),
            *_deployables(parents, contents),
            *_other_routers(parents, has_routes),
            *_inner_cores(parents),
            *_of_dependencies(parents),
        )
    )


def _applications(
    parents: Mapping[Module, Sequence[str]], contents: Callable[[Module], Contents]
) -> Iterator[str]:
    """A directory `core` with all that has endpoints, or all services and API: no core, the application."""
    routing = [{*above} for module, above in parents.items() if contents(module).routes]
    folders = {folder for above in parents.values() for folder in above}
    for core in (one for one in folders if posixpath.basename(one) == "core"):
        routes_inside = [core in above for above in routing]
        if not all(routes_inside):
            continue
        inside = {posixpath.basename(one) for one in folders if one.startswith(f"{core}/")}
        services = [one for one in folders if posixpath.basename(one) in _SERVICES]
        is_whole = bool(inside & _ROUTERS) and all(one.startswith(f"{core}/") for one in services)
        if len(routes_inside) > 1 or (services and is_whole):
            yield core


def _domains(
    parents: Mapping[Module, Sequence[str]], contents: Callable[[Module], Contents]
) -> Iterator[str]:
    """A directory `core` of which most packages have a file for a layer: what the application is about.

    One that has settings or an engine is what the application is built on, whatever lies beside these.
    """
    built_on = {folder for module, above in parents.items() if contents(module).setup for folder in above}
    packages: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for module, above in parents.items():
        for inner, outer in pairwise(above):
            if posixpath.basename(outer) == "core" and posixpath.basename(inner) not in LAYERS:
                is_own = posixpath.dirname(module.path) == inner and bool(names_of(stem(module.path)))
                packages[outer][inner] = packages[outer].get(inner, False) or is_own
    for core, inside in packages.items():
        features = sum(inside.values())
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
            names = {posixpath.basename(outer) for outer in ancestors(posixpath.dirname(folder))}
            if posixpath.basename(folder) == "routers" and not names.isdisjoint(LAYERS):
                own[folder] = own.get(folder, False) or has_routes(module)
    return (folder for folder, has_endpoints in own.items() if not has_endpoints)


def _inner_cores(parents: Mapping[Module, Sequence[str]]) -> Iterator[str]:
    """Directories `core` among queries: what is at the heart of these is theirs."""
    for folder in {one for above in parents.values() for one in above if posixpath.basename(one) == "core"}:
        outer = {posixpath.basename(one) for one in ancestors(posixpath.dirname(folder))}
        if not outer.isdisjoint(SYNONYMS["crud"] | {"crud"}):
            yield folder


def _of_dependencies(parents: Mapping[Module, Sequence[str]]) -> Iterator[str]:
    """Directories within one of dependencies, which are sorted by what they give: `deps/services/`."""
    for folder in {one for above in parents.values() for one in above if posixpath.basename(one) in LAYERS}:
        outer = {posixpath.basename(one) for one in ancestors(posixpath.dirname(folder))}
        if not outer.isdisjoint(_DEPENDENCIES):
            yield folder


def features_by_siblings(parents: Mapping[Module, Sequence[str]]) -> frozenset[str]:
    """Features that are called like a layer: they have the files that siblings with other names have."""
    files: defaultdict[str, set[str]] = defaultdict(set)
    siblings: defaultdict[str, set[str]] = defaultdict(set)
    for module, above in parents.items():
        if above and not module.is_package:
            files[above[0]].add(stem(module.path))
            if posixpath.basename(above[0]) not in _CALLED:
                siblings[posixpath.dirname(above[0])].add(above[0])
    return frozenset(
        folder
        for folder, own in files.items()
        if posixpath.basename(folder) in _CALLED
        and sum(_are_alike(own, files[one]) for one in siblings[posixpath.dirname(folder)]) >= _ALIKE
    )


def _are_alike(own: Set[str], other: Set[str]) -> bool:
    """Whether they have several files in common, and one of them says its layer."""
    both = own & other
    return len(both) > 1 and any(map(names_of, both))
