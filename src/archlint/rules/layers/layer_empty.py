"""BA0509: a layer's directory holds nothing of its kind."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, ClassDef, FunctionDef
from archlint.findings import Hit, Location, Met, NotApplicable, Said
from archlint.paths import is_inside
from archlint.service.api.applications import makes_app
from archlint.service.layers.names import LAYERS
from archlint.service.model import Service
from archlint.service.semantics.called import called_names
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module, Role

KINDS = {
    "core": ("BA05.1.2", "no definition"),
    "models": ("BA05.1.3", "no mapped class"),
    "schemas": ("BA05.1.4", "no schema"),
    "crud": ("BA05.1.5", "no definition"),
    "services": ("BA05.1.6", "no definition"),
    "routers": ("BA05.1.7", "no endpoint or router"),
    "dependencies": ("BA05.1.8", "no definition"),
}


def check(service: Service) -> Iterator[Said]:
    """Yield each layer whose directories, all together, have no definition of its kind."""
    if not makes_app(module.source for module in service.modules.runtime):
        yield NotApplicable("it makes no app")
        return
    for layer in LAYERS:
        clause, missing = KINDS[layer]
        folders = service.layers.directories(layer)
        modules = [one for one in service.modules if one.role in _OWN and _lies_in(one, folders)]
        holding = [module for module in modules if _holds(service, module, layer)]
        yield from (Met(Location(module.path), (clause,)) for module in holding[:1])
        is_read = not any(module.source.problems for module in modules)
        if modules and not holding and is_read and (layer != "models" or _maps(service)):
            fields = {"folder": f"{folders[0]}/", "missing": missing}
            yield Hit(Location(modules[0].path), fields, clauses=(clause,))


_OWN = {Role.RUNTIME, Role.UNUSED}
"""What nothing imports yet is there all the same."""


def _maps(service: Service) -> bool:
    """Whether some module maps classes to tables: else there is nothing that `models/` might hold."""
    return any(service.layers.contents(module).models for module in service.modules.runtime)


def _lies_in(module: Module, folders: tuple[str, ...]) -> bool:
    return any(is_inside(module.path, folder) for folder in folders)


def _holds(service: Service, module: Module, layer: str) -> bool:
    contents = service.layers.contents(module)
    match layer:
        case "models":
            handed_on = service.imports.of(module) if module.is_package else ()
            models = (service.layers.contents(one.imported).models for one in handed_on)
            return contents.models + contents.shapes > 0 or any(models)
        case "schemas":
            return bool(module.source.nodes.of(ClassDef))
        case "routers":
            return contents.routes > 0 or contents.wiring or _makes_router(service, module)
    return any(isinstance(node, FunctionDef | ClassDef | Assign) for node in module.source.body)


def _makes_router(service: Service, module: Module) -> bool:
    """Whether it makes a router anywhere, in a function or method too."""
    made = (service.symbols.resolve(module, name).qualified for name in called_names(module.source))
    return any(name in names_of("router") for name in made)
