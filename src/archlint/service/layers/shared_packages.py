"""What a service takes from the layers of other packages in the same repository."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from archlint.service.layers.layers import Layers
from archlint.service.semantics.modules import Module, Modules


def shared_modules(modules: Modules, layers: Layers, layer: str) -> Iterator[Module]:
    """The modules of the layer, by their directory and contents, that the service imports of other packages.

    What is shared is data: what else is called `routers` there is not the service's own.
    """
    for module in modules.borrowed:
        if layer in _folders(module):
            contents = layers.contents(module)
            counts = {"models": contents.models, "schemas": contents.schemas, "crud": contents.queries}
            if counts.get(layer):
                yield module


def _folders(module: Module) -> list[str]:
    return posixpath.dirname(module.path).split("/")
