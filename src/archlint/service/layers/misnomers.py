"""Directories that have a layer's name and hold something else."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise

from archlint.paths import ancestors
from archlint.service.layers.contents import Contents
from archlint.service.layers.names import LAYERS, SYNONYMS, names_of, stem
from archlint.service.semantics.modules import Module

_MAIN = frozenset({"app.py", "asgi.py", "main.py", "server.py"})
"""Files that make a program's application."""

_SERVICES = frozenset({"service", "services"})
_ROUTERS = SYNONYMS["routers"] | {"routers"}

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
            *_domains(parents),
            *_deployables(parents, contents),
            *_other_routers(parents, has_routes),
            *_inner_cores(parents),
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


def _domains(parents: Mapping[Module, Sequence[str]]) -> Iterator[str]:
    """A directory `core` of which most packages have a file for a layer: what the application is about."""
    packages: defaultdict[str, dict[str, bool]] = defaultdict(dict)
    for module, above in parents.items():
        for inner, outer in pairwise(above):
            if posixpath.basename(outer) == "core" and posixpath.basename(inner) not in LAYERS:
                is_own = posixpath.dirname(module.path) == inner and bool(names_of(stem(module.path)))
                packages[outer][inner] = packages[outer].get(inner, False) or is_own
    for core, inside in packages.items():
        features = sum(inside.values())
        if features >= _FEATURES and 2 * features > len(inside):
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
