"""Which layer of the architecture a module belongs to, and how archlint knows."""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import Literal

from msgspec import Struct

from archlint.config import Config
from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.service.api.api_surface import Surface
from archlint.service.layers.contents import Contents, read_contents
from archlint.service.layers.definition_calls import injected_names
from archlint.service.layers.folders import Folders
from archlint.service.layers.mapping import Candidate, candidate
from archlint.service.layers.names import (
    LAYERS,
    ROUTERS_ONLY,
    STORES,
    SYNONYMS,
    UTILITIES,
    WIRING,
    base,
    names_of,
    stem,
)
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.modules import Module, Modules, Role
from archlint.service.semantics.symbols import Symbols

_BY_NAME_ALONE = frozenset({"dependencies", "services"})
"""Layers of which what a module defines does not tell that it is not of them, unless that is endpoints."""
_OF_FEATURES = frozenset({"core", "services"})
"""Layers whose directories may hold features, which have files of several layers each."""
_SORTED = frozenset({"", "dependencies"})
"""Below no layer's directory names are asked later; below one of dependencies they say what these give."""
_REPOSITORIES = frozenset({"repo", "repos", "repositories", "repository"})
"""Names of what keeps data, and of what git, a registry or an index of packages keeps."""
_OF_DATA = frozenset({"models", "schemas"})
_MOST_BESIDE_A_MODEL = 5
"""Of so many definitions more one has to be a model where nothing is called so: a seed may subclass one.

A class that is none has to have a model beside it: a store that keeps its own table is no model.
"""


class Layer(Struct, frozen=True):
    """A layer, and whether a directory, the configuration or an inference puts the module there."""

    name: str
    by: Literal["directory", "config", "inferred"]

    def __str__(self) -> str:
        """The layer as messages name it; what is only inferred says so."""
        return f"{self.name} (inferred)" if self.by == "inferred" else self.name


class Layers:
    """The layers of a service's modules. Tests, migrations and scripts are in none."""

    def __init__(
        self,
        root: str,
        config: Config,
        modules: Modules,
        symbols: Symbols,
        classes: Classes,
        surface: Callable[[], Surface],
    ) -> None:
        self._root = root
        self._config = config
        self._modules = modules
        self._symbols = symbols
        self._classes = classes
        self._surface = surface
        self._found: dict[Module, Layer | None] = {}
        self.candidate = cache(self._candidate)
        self.contents = cache(self._contents)
        self._folders = Folders(root, modules, self.contents, self.has_routes)

    def of(self, module: Module) -> Layer | None:
        """The layer of `module`; None for what is in no layer, such as the module that makes the app."""
        if module not in self._found:
            self._found[module] = self._layer(module) if self.owns(module) else None
        return self._found[module]

    def modules(self, name: str) -> tuple[Module, ...]:
        """The modules of a layer."""
        return self._by_layer[name]

    def placed(self, name: str) -> tuple[Module, ...]:
        """The modules that a directory or the configuration puts into a layer."""
        return tuple(one for one in self.modules(name) if self.of(one) != Layer(name, "inferred"))

    def owns(self, module: Module) -> bool:
        """Whether it is a module of the running service."""
        return module.role is Role.RUNTIME and self._modules.by_path.get(module.path) is module

    def share_home(self, first: Module, second: Module) -> bool:
        """Whether both lie in one directory of a layer, so that only an inference tells them apart."""
        inferred = any(
            layer is not None and layer.by == "inferred" for layer in (self.of(first), self.of(second))
        )
        return inferred and self._home(first) == self._home(second) != ""

    def is_wiring(self, module: Module) -> bool:
        """Whether the module puts the application together and so may import every layer."""
        return self._wires(module) and self.of(module) is None

    def directories(self, name: str) -> tuple[str, ...]:
        """The directories of that name that hold runtime modules."""
        return tuple(sorted({folder for folder, layer in self._folders.named if layer == name}))

    def misnomer(self, name: str) -> str:
        """The first directory that has the layer's name and holds something else; empty for none."""
        return min((one for one in self._folders.misnomers if base(one) == name), default="")

    def directory_of(self, module: Module) -> str:
        """The layer whose directory the module lies in, whatever it does there; empty for none."""
        return base(self._around(module)[1])

    def has_place(self, name: str) -> bool:
        """Whether the layer has a directory, or a line in the configuration."""
        return bool(self.directories(name) or self._config.layers.get(name))

    def _candidate(self, name: str) -> Candidate | None:
        """What seems to play the role of the layer: where the modules are that are inferred to do so.

        Where there are none, it is what has a name or contents of that kind in another layer's place.
        """
        runtime = self._modules.runtime
        inferred = [one for one in runtime if self.of(one) == Layer(name, "inferred")]
        places = {one.path: self.place(one, name) for one in inferred}
        if not any(places.values()):
            places = {one.path: likely for one in runtime if (likely := self._likely_place(one, name))}
        others: list[str] = []
        rest: list[str] = []
        for module in runtime:
            layer = self.of(module)
            if module.path in places or (layer is None and module.is_package):
                continue
            if layer is None or layer.name != name:
                (rest if layer is None else others).append(module.path)
        places = {path: place or path for path, place in places.items()}
        return candidate(name, places, others, rest, self._config.folder)

    def _likely_place(self, module: Module, name: str) -> str:
        """Where a module is that is called like the layer, or queries with others where queries are kept."""
        layer, called, folder = self.of(module), stem(module.path), posixpath.dirname(module.path)
        if layer is not None:
            is_other = layer.by == "directory" and layer.name != name
            return module.path if is_other and name in names_of(called) and self._plays(module, name) else ""
        queries = name == "crud" and self.contents(module).queries
        is_stored = queries and folder in self._folders.partial_stores
        return f"{folder}/" if is_stored else module.path if called.endswith(f"_{name}") else ""

    def _contents(self, module: Module) -> Contents:
        """What the module defines."""
        return read_contents(module, self._symbols, self._classes)

    def has_routes(self, module: Module) -> bool:
        """Whether it makes routers or registers endpoints of its own, in whatever way."""
        return self.contents(module).routes > 0 or module in self._surface().registering

    @cached_property
    def _by_layer(self) -> dict[str, tuple[Module, ...]]:
        by_layer: dict[str, list[Module]] = defaultdict(list)
        for module in self._modules.runtime:
            layer = self.of(module)
            if layer is not None:
                by_layer[layer.name].append(module)
        return {name: tuple(by_layer[name]) for name in (*LAYERS, *self._config.layers)}

    def _layer(self, module: Module) -> Layer | None:
        if mapped := self._config.layer_of(module.path):
            return Layer(mapped, "config")
        inner, folder = self._around(module)
        name = base(folder)
        if name != "routers" and self._wires(module):
            return None
        if name in _OF_FEATURES and self._folders.is_of_feature(module, folder):
            return self._inferred(module)
        if name != "core" and self._sets_up_in_core(module):
            return Layer("core", "directory")
        # What is in core serves others, and is no business logic for being called a service.
        nearer = self._suggested(module, self._synonyms_of(inner)) if name not in _SORTED else None
        if name == "core" and nearer in _BY_NAME_ALONE:
            nearer = None
        if nearer and nearer != name:
            return Layer(nearer, "inferred")
        if name == "models":
            return self._in_models(module, folder)
        if name == "schemas" and self.contents(module).resolves and not self.contents(module).schemas:
            return None  # GraphQL's types, which resolve what is asked of them
        return Layer(name, "directory") if folder else self._inferred(module)

    def _around(self, module: Module) -> tuple[list[str], str]:
        """The directories below the nearest that is a layer, innermost first, and that one, if any."""
        inner: list[str] = []
        for folder in self._folders.above(module):
            if self._folders.is_named(folder) and folder not in self._folders.containers:
                return inner, folder
            inner.append(folder)
        return inner, ""

    def _wires(self, module: Module) -> bool:
        """Whether it puts the application together; a router with endpoints may include further ones."""
        contents = self.contents(module)
        has_endpoints = contents.wiring and not contents.app and contents.routes > 0
        is_router = has_endpoints and module in self._surface().registering
        return not is_router and (contents.wiring or stem(module.path) in WIRING)

    def _sets_up_in_core(self, module: Module) -> bool:
        """Whether it has an engine or settings, and no table, below core: `core/models/database.py`."""
        contents = self.contents(module)
        above = (one for one in self._folders.above(module) if base(one) == "core")
        return contents.setup > 0 == contents.models and any(map(self._folders.is_named, above))

    def _in_models(self, module: Module, folder: str) -> Layer | None:
        """Not all that is called `models` is stored: schemas and trained models are called so too."""
        contents = self.contents(module)
        if contents.schemas and contents.schemas >= contents.plain and not contents.models + contents.routes:
            return Layer("schemas", "inferred")
        if folder in self._folders.of_models:
            return Layer("models", "directory")
        return self._inferred(module) if contents.routes else None

    def _inferred(self, module: Module) -> Layer | None:
        inner, _ = self._around(module)
        suggestions = [*self._of_stem(module), *self._synonyms_of(inner)]
        name = self._suggested(module, suggestions) or self._shown(module)
        return Layer(name, "inferred") if name else None

    def _suggested(self, module: Module, names: Iterable[str]) -> str | None:
        return next((name for name in names if self._plays(module, name)), None)

    def _of_stem(self, module: Module) -> Iterator[str]:
        """The layers that the file's name suggests: `models.py`, `user_service.py`, `crud_users.py`."""
        called = stem(module.path)
        if called in SYNONYMS["services"] | {"services"} and UTILITIES & set(module.name.split(".")):
            return
        yield from names_of(called)
        first, _, rest = called.partition("_")
        if rest and rest in self._folders.features.get(posixpath.dirname(module.path), ()):
            yield from names_of(first)
        last = called.rpartition("_")[2]
        for name in names_of(last):
            if name != "services" or not self.directories(name):
                yield name
        # Types of the API are called models, too: `rest_models.py`.
        if last == "models" and module in self._surface().publishing:
            yield "schemas"

    def _synonyms_of(self, folders: Sequence[str]) -> Iterator[str]:
        """The layers that directories' names suggest, where these are no features or whole applications."""
        if not SYNONYMS["dependencies"].isdisjoint(map(base, folders)):
            yield "dependencies"
            return
        for folder in (one for one in folders if one not in self._folders.groupings):
            found = [name for name, names in SYNONYMS.items() if base(folder) in names]
            # Handlers and controllers are services only where nothing else is called so, a model never.
            is_model = base(posixpath.dirname(folder)) in {"model", "models"}
            is_other = is_model or (len(found) > 1 and self.directories("services"))
            yield from (name for name in found if name != "services" or not is_other)
            if not _OF_DATA.isdisjoint(found):
                return  # data that a layer keeps for itself, `business/model/`, does not do what that does

    def _plays(self, module: Module, name: str) -> bool:
        """Whether what the module defines bears out the role that its name suggests."""
        contents = self.contents(module)
        match name:
            case "models" | "schemas":
                return self._folders.bears_out(module, name)
            case "routers":
                folder = self._folders.nearest(module, ROUTERS_ONLY)
                return folder in self._folders.of_routes or self.has_routes(module)
            case "crud":
                folder = self._folders.nearest(module, SYNONYMS["crud"])
                is_named = not _REPOSITORIES.isdisjoint(stem(module.path).split("_"))
                is_stored = contents.sends if is_named else contents.storage
                is_among = folder in self._folders.of_storage
                return (is_stored or is_among) and not (contents.routes or contents.resolves)
        is_other = self._is_stored(module) or contents.models > contents.plain or self.has_routes(module)
        acts = self._offers(module) if name == "dependencies" else contents.plain > 0 or module.is_package
        return name in _BY_NAME_ALONE and not is_other and acts

    def _offers(self, module: Module) -> bool:
        """Whether it has what may be injected: with FastAPI's marker, or as something that modules inject."""
        defined = {one.name for one in module.source.body if isinstance(one, FunctionDef | ClassDef)}
        return self.contents(module).web or bool(defined & (self._injected or defined))

    @cached_property
    def _injected(self) -> frozenset[str]:
        """The last names of what the modules of the service have injected."""
        return frozenset(name for one in self._modules.runtime for name in injected_names(one.source))

    def _is_stored(self, module: Module) -> bool:
        """Whether it queries, in a store of such modules, whatever its own name."""
        folder = posixpath.dirname(module.path)
        return (
            self.contents(module).queries > 0
            and folder in self._folders.of_queries
            and base(folder) in STORES
        )

    def _shown(self, module: Module) -> str | None:
        """The layer that a module's definitions alone show, when they are of one kind."""
        contents = self.contents(module)
        routes = contents.routes or int(self.has_routes(module) and not contents.plain)
        is_of_tables = contents.classes <= contents.models >= contents.plain / _MOST_BESIDE_A_MODEL
        models = contents.models if is_of_tables else 0
        kinds = {"models": models, "routers": routes, "core": contents.foundation}
        shown = [name for name, count in kinds.items() if count]
        if shown:
            return shown[0] if len(shown) == 1 else None
        is_stored = posixpath.dirname(module.path) in self._folders.of_queries and contents.is_querying
        if is_stored or (contents.stores and not contents.models):
            return "crud"
        is_schemas = contents.schemas and not contents.plain and not contents.shapes
        return "schemas" if is_schemas and module in self._surface().publishing else None

    def place(self, module: Module, name: str) -> str:
        """The nearest directory around a module whose name suggests the layer, or else its file.

        Schemas are defined everywhere; only a name makes a place of them.
        """
        queried = self._folders.of_queries if name == "crud" else ()
        folders = [
            folder
            for folder in self._folders.above(module)
            if (base(folder) in SYNONYMS.get(name, ()) or folder in queried)
            and folder not in self._folders.namesakes
        ]
        if (
            name == "schemas"
            and not folders
            and (folder := self._folders.nearest(module, frozenset({"models"})))
        ):
            folders = [folder] if folder not in self._folders.of_models else []
        if folders:
            return f"{folders[0]}/"
        return module.path if name != "schemas" or name in self._of_stem(module) else ""

    def _home(self, module: Module) -> str:
        """The nearest directory that is named like a layer or its synonym; none where files say the layer."""
        if posixpath.dirname(module.path) in self._folders.features:
            return ""
        return self._folders.nearest(module, frozenset(LAYERS).union(*SYNONYMS.values()))
