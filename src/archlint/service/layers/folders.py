"""What the directories of a service are, by their names and by what the modules in them define."""

from __future__ import annotations

import posixpath
from collections import Counter, defaultdict
from collections.abc import Callable
from functools import cached_property
from itertools import takewhile

from archlint.paths import ancestors
from archlint.service.layers.contents import Contents, mostly_query, only_query
from archlint.service.layers.misnomers import features_by_siblings, misnomers
from archlint.service.layers.names import LAYERS, ROUTERS_ONLY, STORES, SYNONYMS, base, below, names_of, stem
from archlint.service.semantics.modules import Module, Modules


class Folders:
    """The directories of a service's modules: which are named like a layer, and which hold what."""

    def __init__(
        self,
        root: str,
        modules: Modules,
        contents: Callable[[Module], Contents],
        has_routes: Callable[[Module], bool],
    ) -> None:
        self._root = root
        self._modules = modules
        self.contents = contents
        self.has_routes = has_routes
        self._above: dict[str, tuple[str, ...]] = {}

    def nearest(self, module: Module, names: frozenset[str]) -> str:
        """The innermost directory above a module that has one of these names; empty for none."""
        return next((folder for folder in self.above(module) if base(folder) in names), "")

    def above(self, module: Module) -> tuple[str, ...]:
        """The directories above a module below the service's root, innermost first."""
        folder = posixpath.dirname(module.path)
        if folder not in self._above:
            self._above[folder] = tuple(takewhile(lambda one: one != self._root, ancestors(folder)))
        return self._above[folder]

    @cached_property
    def named(self) -> frozenset[tuple[str, str]]:
        """The directories named like a layer, above any runtime module, with that name."""
        return frozenset(
            (folder, base(folder))
            for module in self._modules.runtime
            for folder in self.above(module)
            if self.is_named(folder)
        )

    def is_named(self, folder: str) -> bool:
        """Whether it is called like a layer, and may be one."""
        return base(folder) in LAYERS and folder not in self.misnomers

    @cached_property
    def misnomers(self) -> frozenset[str]:
        """The directories that are called like a layer, and hold something else."""
        return self.namesakes | misnomers(self._parents, self.contents, self.has_routes)

    @cached_property
    def namesakes(self) -> frozenset[str]:
        """The features that are called like a layer, or as one of its synonyms."""
        return features_by_siblings(self._parents, self.bears_out)

    @cached_property
    def _parents(self) -> dict[Module, tuple[str, ...]]:
        return {module: self.above(module) for module in self._modules.runtime}

    @cached_property
    def containers(self) -> frozenset[str]:
        """The directories that hold several layers: an application or a feature, even when called `core`.

        A layer's directory may sort what is its own by the names of layers below it.
        """
        inside: dict[str, set[str]] = defaultdict(set)
        for folder, name in self.named:
            inside[posixpath.dirname(folder)].add(name)
        return frozenset(
            folder for folder, names in inside.items() if len(names) > 1 and names - below(base(folder))
        )

    @cached_property
    def of_models(self) -> frozenset[str]:
        """The directories named `models` that do hold stored classes."""
        return frozenset(
            folder
            for module in self._modules.runtime
            if (folder := self.nearest(module, frozenset({"models"}))) and self.contents(module).models
        )

    @cached_property
    def of_storage(self) -> frozenset[str]:
        """The directories with a synonym of `crud` for a name whose modules use a database library."""
        return frozenset(
            folder
            for module in self._modules.runtime
            if (folder := self.nearest(module, SYNONYMS["crud"])) and self.contents(module).storage
        )

    @cached_property
    def of_routes(self) -> frozenset[str]:
        """The directories with a synonym of `routers` for a name that do hold endpoints."""
        return frozenset(
            folder
            for module in self._modules.runtime
            if (folder := self.nearest(module, ROUTERS_ONLY)) and self.contents(module).routes
        )

    @cached_property
    def of_queries(self) -> frozenset[str]:
        """The directories in which several modules query, all that they hold, or in a store nearly each."""
        inside: dict[str, list[Contents]] = defaultdict(list)
        for module in self._modules.runtime:
            found = self.contents(module)
            if not module.is_package or found.plain:
                inside[posixpath.dirname(module.path)].append(found)
        return frozenset(
            folder
            for folder, contents in inside.items()
            if folder != self._root
            and len(contents) > 1
            and (only_query(contents) or (base(folder) in STORES and mostly_query(contents)))
        )

    @cached_property
    def partial_stores(self) -> frozenset[str]:
        """The directories named like a store in which several modules query, among others."""
        querying = (one for one in self._modules.runtime if self.contents(one).queries)
        stores = Counter(posixpath.dirname(one.path) for one in querying)
        return frozenset(folder for folder, count in stores.items() if count > 1 and base(folder) in STORES)

    @cached_property
    def groupings(self) -> frozenset[str]:
        """The directories that hold several layers, or a file of each, whatever their names suggest."""
        names: dict[str, set[str]] = defaultdict(set)
        for module in self._modules.runtime:
            called = names_of(stem(module.path))
            found = (one for one in called if one != "models" or self.bears_out(module, one))
            names[posixpath.dirname(module.path)].update(found)
        found = (folder for folder, layers in names.items() if len(layers) > 1)
        return self.containers.union(found, self.features, self.namesakes)

    @cached_property
    def features(self) -> dict[str, dict[str, frozenset[str]]]:
        """Directories in which files begin with several layers' names: these, by what the files are about.

        `crud_orders.py` beside `models_orders.py` is about orders; `crud.py` is about what its directory is.
        """
        begun: dict[tuple[str, str], set[str]] = defaultdict(set)
        for module in self._modules.runtime:
            first, _, rest = stem(module.path).partition("_")
            found = (name for name in names_of(first) if self.bears_out(module, name))
            begun[posixpath.dirname(module.path), rest].update(found)
        features: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
        for (folder, rest), layers in begun.items():
            if len(layers) > 1:
                features[folder][rest] = frozenset(layers)
        return dict(features)

    def is_of_feature(self, module: Module, layer: str) -> bool:
        """Whether it lies in a feature's directory below a layer's, and is about what that is about.

        A service and one thing more make none; in core, all files of a feature's directory are as these are.
        """
        folder = posixpath.dirname(module.path)
        layers = self.features.get(folder, {})
        topics = {topic for topic, found in layers.items() if len(found - {"services"}) > 1}
        first, _, rest = stem(module.path).partition("_")
        is_about_it = rest in topics and (rest != "" or names_of(first) != [])
        return folder != layer and (is_about_it or (base(layer) == "core" and "" in topics))

    def bears_out(self, module: Module, name: str) -> bool:
        """Whether what the module defines shows, whatever lies beside it, that it is of the layer."""
        contents = self.contents(module)
        match name:
            case "models":
                return contents.models > 0
            case "schemas":
                is_data = contents.schemas + contents.shapes > 0 == contents.models
                return is_data and not self.has_routes(module)
            case "routers":
                return self.has_routes(module)
            case "crud":
                return contents.storage and not contents.routes
            case "services":
                return contents.plain > contents.models and not self.has_routes(module)
        return False
