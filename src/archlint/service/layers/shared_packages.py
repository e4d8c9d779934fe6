"""What a service takes from the layers of other packages in the same repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from archlint.service.layers.layers import Layers
from archlint.service.semantics.imported_modules import imported_modules
from archlint.service.semantics.modules import Module, Modules


def shared_modules(modules: Modules, layers: Layers, layer: str) -> Iterator[Module]:
    """The modules of the layer, by their directory and contents, that the service imports of other packages.

    What is shared is data: what else is called `routers` there is not the service's own.
    """
    for module in modules.runtime:
        for name in imported_modules(module.source):
            home = modules.find_relative(name.level, name.module, module)
            if home is not None and home.path not in modules.by_path and layer in _folders(home):
                contents = layers.contents(home)
                counts = {"models": contents.models, "schemas": contents.schemas, "crud": contents.queries}
                if counts.get(layer):
                    yield home


def _folders(module: Module) -> list[str]:
    return posixpath.dirname(module.path).split("/")
