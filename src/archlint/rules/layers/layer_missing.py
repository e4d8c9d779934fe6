"""BA0501: a layer has no directory."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, NotApplicable, Said, Unknown
from archlint.service.api.applications import makes_app
from archlint.service.database.packages import DATABASE_PACKAGES, MAPPERS, SEARCH_ENGINES
from archlint.service.layers.names import LAYERS
from archlint.service.layers.shared_packages import shared_modules
from archlint.service.model import Service

CLAUSES = {
    "core": "BA05.1.2",
    "models": "BA05.1.3",
    "schemas": "BA05.1.4",
    "crud": "BA05.1.5",
    "services": "BA05.1.6",
    "routers": "BA05.1.7",
    "dependencies": "BA05.1.8",
}


_OF_DATA = {"crud": DATABASE_PACKAGES - SEARCH_ENGINES, "models": MAPPERS}
"""Layers that only a service has a use for which imports one of these libraries of databases."""


def check(service: Service) -> Iterator[Said]:
    """Yield each layer for which the service has neither a directory nor a line in the configuration."""
    if not makes_app(module.source for module in service.modules.runtime):
        yield NotApplicable("it makes no app")
        return
    unread = {folder: path for path in service.modules.unreadable for folder in path.split("/")[:-1]}
    for layer in LAYERS:
        if not service.layers.has_place(layer) and layer in unread:
            yield Unknown(f"`{layer}/`", Location(unread[layer]), "the file cannot be read")
        elif not service.layers.has_place(layer):
            if shared := next(shared_modules(service.modules, service.layers, layer), None):
                yield Met(Location(shared.path), ("BA05.1.1",))
            elif layer not in _OF_DATA or service.databases.imports(_OF_DATA[layer]):
                fields = {"layer": layer, "hint": _hint(service, layer), "remedy": _remedy(service, layer)}
                yield Hit(service.anchor, fields, clauses=("BA05.1.1", CLAUSES[layer]))
        else:
            placed = service.layers.placed(layer)[:1]
            yield from (Met(Location(module.path), ("BA05.1.1",)) for module in placed)


def _remedy(service: Service, layer: str) -> str:
    if service.layers.candidate(layer) is not None:
        return f"Move it to a directory `{layer}/`, or map where it is in `[tool.archlint.layers]`"
    what = _CONTENTS[layer]
    return f"Make a directory `{layer}/` for {what}, or map where they are in `[tool.archlint.layers]`"


_CONTENTS = {
    "core": "settings, security and the database's set-up",
    "models": "the classes that are mapped to tables",
    "schemas": "the models that requests and responses are made of",
    "crud": "the functions that query the database",
    "services": "what the endpoints decide and do",
    "routers": "the endpoints",
    "dependencies": "what endpoints have injected",
}
"""What a layer is for, where nothing seems to play its role."""


def _hint(service: Service, layer: str) -> str:
    candidate = service.layers.candidate(layer)
    misnomer = service.layers.misnomer(layer)
    if candidate is None:
        return f"; `{misnomer}/` is called so, and holds something else" if misnomer else ""
    return f"; `{candidate.path}` seems to play its role, mapped by `{candidate.line}`"
