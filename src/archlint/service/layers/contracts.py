"""Which imports break a contract between layers, and by which chain.

An import of a forbidden layer, or of a name that is only re-exported from it, shows in the statement. Whether
a chain leads there through modules of no layer is import-linter's verdict (`layers/chains.py`).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from itertools import groupby

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Hit, Link, Location, Severity
from archlint.paths import parents
from archlint.service.api.injection import Providers
from archlint.service.layers.chains import ImportTarget, OnwardImport, chains
from archlint.service.layers.layers import Layer, Layers
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.import_uses import Uses
from archlint.service.semantics.imports import ImportEdge, Imports
from archlint.service.semantics.modules import Module, Role
from archlint.service.semantics.symbols import ImportStep, Symbol

MAX_DIRECT = 2
"""Imports from a module to a layer by way of one helper; a longer chain goes through a helper's helper."""

Excuse = Callable[[ImportEdge, Symbol], bool]


class Breach(Struct, frozen=True):
    """An import of `importer` in layer `source` that leads to a `module` of the forbidden layer `target`.

    `imported` says what is taken there, `through` by which module where that is not the one that the
    statement names; `by_way_of` is the helper that the statement names, where it leads there by one.
    """

    importer: Module
    source: Layer
    target: Layer
    location: Location
    imported: str
    through: str = ""
    chain: tuple[Link, ...] = ()
    module: Module | None = None
    """The module of `target` that it leads to."""
    constants: bool = False
    """Whether enumerations and constants are all that it takes."""

    home: str = ""
    """The module of another layer that defines all that it takes, if one does."""

    by_way_of: str = ""
    beside_direct: bool = False
    """Whether `importer` imports the forbidden layer by another statement without a detour."""

    unused: bool = False
    """Whether nothing in the file uses what it takes."""

    def hit(self, fields: dict[str, str], remedy: str) -> Hit:
        """What a rule that forbids the import says of it."""
        told = fields | {"remedy": self.remedy(remedy)}
        return Hit(self.location, told, self.chain, self.severity, cause=self.cause, within=self.within)

    def remedy(self, usual: str) -> str:
        """What to do: as usual, unless taking the import away is all."""
        return "Remove the import: nothing in the file uses it" if self.unused else usual

    @property
    def text(self) -> str:
        """What the import does: "imports `get_user` from `app.crud.users` of the crud layer"."""
        verb = "reaches" if self.through else "imports"
        return f"{verb} {self.imported} of the {self.target} layer{self.through}"

    @property
    def fields(self) -> dict[str, str]:
        """The fields of a message that says what `{module}` of layer `{layer}` does: `{what}`.

        `breach` is what is meant, whichever names are taken and however the layers are known.
        """
        home = self.module.name if self.module is not None else ""
        return {
            "module": self.importer.name,
            "layer": str(self.source),
            "what": self.text,
            "breach": " ".join((self.source.name, self.by_way_of, home, self.target.name)),
        }

    @property
    def cause(self) -> Link | None:
        """The module that it leads to, which others may import as well."""
        if self.module is None:
            return None
        layer = self.target.name
        said = f"layers that must not know {layer} import `{self.module.name}`, which is of that layer"
        return Link(Location(self.module.path), said)

    @property
    def within(self) -> Link:
        """The file, which may import more that is not for its layer."""
        if self.source.name == "routers":
            return past_services(self.importer)
        said = f"imports of `{self.importer.name}` that {self.source.name} must not know"
        return Link(Location(self.importer.path), said)

    @property
    def severity(self) -> Severity | None:
        """What only a helper's helper imports is strong evidence, no proof; nor what stands beside it."""
        is_far = self.beside_direct or len(self.chain) > MAX_DIRECT
        return Severity.WARNING if self.through and is_far else None


def past_services(router: Module) -> Link:
    """The router, which may import more that services are for, and do more of their work."""
    return Link(Location(router.path), f"`{router.name}` works past the services")


class Contracts(Struct, eq=False, frozen=True, dict=True):
    """What may be asked of the imports between the layers of a service."""

    layers: Layers
    imports: Imports
    uses: Uses
    classes: Classes
    providers: Providers
    type_checking_imports: bool
    """Whether imports that only a type checker sees count."""

    def breaches(
        self, source: str, forbidden: Iterable[str], excuse: Excuse = lambda edge, symbol: False
    ) -> Iterator[Breach]:
        """The imports from layer `source` into a layer of `forbidden`, one by statement and module.

        What a file reaches through a helper is told once, and not where it imports that very thing itself.
        `excuse` says of an import, and of what it means, that it is allowed all the same.
        """
        contract = _Contract(self, frozenset(forbidden), excuse)
        indirect: list[list[OnwardImport]] = []
        found: set[tuple[Module, str]] = set()
        direct: set[tuple[Module, Module | None, str | None]] = set()
        for statement in contract.statements(source):
            targets = [target for edge in statement if (target := contract.target(edge))]
            if targets:
                direct.update((one.edge.importer, one.module, one.edge.name) for one in targets)
                for breach in contract.direct(targets):
                    found.add((breach.importer, breach.target.name))
                    yield breach
            else:
                indirect.append([step for edge in statement for step in contract.steps(edge)])
        reached: dict[tuple[Module, Module | None, str | None], tuple[ImportEdge, ...]] = {}
        for chain in chains(indirect, contract.onward):
            same = (chain[0].importer, contract.home(chain[-1]), chain[-1].name)
            if same not in direct and len(chain) < len(reached.get(same, (*chain, chain[-1]))):
                reached[same] = chain
        for breach in map(contract.indirect, reached.values()):
            yield replace(breach, beside_direct=(breach.importer, breach.target.name) in found)

    @cached_property
    def schema_folders(self) -> frozenset[str]:
        """The folders of schemas, such as `models/api/responses`, in which nothing is stored."""
        holding: set[str] = set()
        storing: set[str] = set()
        for module in (*self.layers.modules("models"), *self.layers.modules("schemas")):
            contents = self.layers.contents(module)
            if contents.models + contents.shapes + contents.setup:
                storing.update(parents(module.path))
            elif contents.schemas:
                holding.update(parents(module.path))
        return frozenset(holding - storing)


class _Target(Struct, frozen=True):
    """What an import takes from `module`, a module of a forbidden layer, by way of re-exports in `steps`."""

    edge: ImportEdge
    module: Module
    steps: tuple[ImportStep, ...] = ()


class _Contract:
    def __init__(self, parts: Contracts, forbidden: frozenset[str], excuse: Excuse) -> None:
        self._parts = parts
        self._forbidden = forbidden
        self._excuse = excuse
        self._targets: dict[ImportEdge, _Target | None] = {}

    def statements(self, layer: str) -> Iterator[list[ImportEdge]]:
        """The imports of a layer's modules that count, by statement."""
        for module in self._parts.layers.modules(layer):
            counted = filter(self._counts, self._parts.imports.of(module))
            for _, edges in groupby(counted, lambda edge: edge.statement):
                yield list(edges)

    def target(self, edge: ImportEdge) -> _Target | None:
        """What the edge takes from a forbidden layer, by itself or by a re-export."""
        if edge not in self._targets:
            self._targets[edge] = self._target(edge)
        return self._targets[edge]

    def _target(self, edge: ImportEdge) -> _Target | None:
        symbol, steps = self._parts.imports.origin(edge)
        if self._excuse(edge, symbol) or self._takes_schemas_of_models(edge, symbol):
            return None
        if self._gives_sessions(symbol):
            return None
        if self._is_breached(edge.importer, edge.imported, symbol):
            return _Target(edge, edge.imported)
        # What a layer re-exports to itself is reported where it enters the layer.
        within = self._layer_name(edge.imported) == self._layer_name(edge.importer)
        if symbol.module and not within and self._is_breached(edge.importer, symbol.module, symbol):
            return _Target(edge, symbol.module, steps)
        return None

    def steps(self, edge: ImportEdge) -> Iterator[OnwardImport]:
        """Where the edge leads: into a forbidden layer, or to definitions of a module of no layer."""
        symbol, _ = self._parts.imports.origin(edge)
        target = self.target(edge)
        if target is None and self._excuse(edge, symbol):
            return
        if target is not None:
            # An enumeration or a constant of models does not bring the database with it.
            is_data = symbol.is_module or self._parts.classes.is_stored(symbol)
            if is_data or self._layer_name(target.module) != "models":
                yield OnwardImport(edge, ImportTarget(target.module, None), forbidden=True)
            return
        module = symbol.module if symbol.module is not None and symbol.defined else edge.imported
        layers = self._parts.layers
        if module.role is not Role.RUNTIME or layers.of(module) is not None or layers.is_wiring(module):
            return
        for taken in self._taken_from(edge, symbol, module):
            home = taken.module if symbol.is_module and taken.module is not None else module
            if home is not module and (home.role is not Role.RUNTIME or layers.of(home) is not None):
                continue  # the helper only passes on what is another layer's own
            if not self._parts.providers.has(taken) and not self._is_of_other_layer(taken):
                # What a helper only takes from a library leads nowhere else that the helper goes.
                own = taken.qualified if taken.module is not None else f"{home.name}.{edge.name}"
                name = own.removeprefix(f"{home.name}.").partition(".")[0]
                yield OnwardImport(
                    edge, ImportTarget(home, None if taken.is_module else name), forbidden=False
                )

    def _is_of_other_layer(self, symbol: Symbol) -> bool:
        """Whether it is an object that a helper makes of a layer's class: who takes it takes the layer's."""
        home = self._parts.classes.class_of(symbol).module
        layer = self._layer_name(home) if home is not None else None
        return layer is not None and layer not in self._forbidden

    def _taken_from(self, edge: ImportEdge, symbol: Symbol, module: Module) -> tuple[Symbol, ...]:
        """What the importer uses of a module that it imports whole, if none is of a forbidden layer."""
        taken = self._parts.uses.members(edge) if symbol.is_module else ()
        is_known = all(
            one.module is not None
            and one.defined
            and not one.is_module
            and self._layer_name(one.module) not in self._forbidden
            for one in taken
        )
        return taken if taken and is_known else (symbol,)

    def onward(self, place: ImportTarget) -> Iterator[OnwardImport]:
        """Where the imports that a place uses lead."""
        for edge in self._parts.uses.of(place.module, place.name):
            if self._counts(edge):
                yield from self.steps(edge)

    def direct(self, targets: list[_Target]) -> Iterator[Breach]:
        """The breaches of one statement, one for each module of a forbidden layer that it takes from."""
        by_module: dict[Module, list[_Target]] = {}
        for target in targets:
            by_module.setdefault(target.module, []).append(target)
        yield from map(self._direct, by_module.values())

    def _direct(self, targets: list[_Target]) -> Breach:
        """The breach of one statement, named by what it takes from one module."""
        edge, module, steps = targets[0].edge, targets[0].module, targets[0].steps
        names = f"{edge.importer.name} imports {edge.imported.name}"
        links = [
            Link(step.module.location(step.node), f"which takes it from {module.name}") for step in steps
        ]
        breach = self._breach(
            edge,
            module,
            _taken(targets),
            f", re-exported by `{edge.imported.name}`" if steps else "",
            (Link(edge.location, names), *links) if steps else (),
        )
        taken = [self._parts.imports.origin(target.edge)[0] for target in targets]
        constants = all(map(self._parts.classes.is_constant, taken))
        unused = all(self._parts.uses.is_unused(target.edge) for target in targets)
        home = self._defined_in(taken)
        return replace(breach, constants=constants, home=home, unused=unused)

    def _defined_in(self, taken: list[Symbol]) -> str:
        """The one module that defines them all, if that is of a layer that may be imported."""
        homes = {symbol.module for symbol in taken}
        home = homes.pop() if len(homes) == 1 else None
        layer = self._parts.layers.of(home) if home is not None else None
        return home.name if home and layer and layer.name not in self._forbidden else ""

    def home(self, edge: ImportEdge) -> Module:
        """The module of a forbidden layer that an edge leads to."""
        target = self.target(edge)
        return target.module if target is not None else edge.imported

    def indirect(self, chain: tuple[ImportEdge, ...]) -> Breach:
        """The breach of a chain of imports."""
        first, last = chain[0], chain[-1]
        target = self.target(last) or _Target(last, last.imported)
        links = [Link(edge.location, f"{edge.importer.name} imports {edge.imported.name}") for edge in chain]
        through = f" through `{last.importer.name}`"
        breach = self._breach(first, target.module, _taken([target]), through, tuple(links))
        return replace(breach, by_way_of=first.imported.name, unused=self._parts.uses.is_unused(first))

    def _breach(
        self, edge: ImportEdge, module: Module, imported: str, through: str, chain: tuple[Link, ...]
    ) -> Breach:
        source, target = self._layer(edge.importer), self._layer(module)
        return Breach(edge.importer, source, target, edge.location, imported, through, chain, module)

    def _layer(self, module: Module) -> Layer:
        return self._parts.layers.of(module) or Layer("", "inferred")

    def _counts(self, edge: ImportEdge) -> bool:
        if self._parts.type_checking_imports:
            return True
        return not (edge.type_checking or self._parts.uses.is_only_annotated(edge))

    def _gives_sessions(self, symbol: Symbol) -> bool:
        """Whether it is injected, of a module that sets sessions up: who injects one bypasses no service."""
        home = symbol.module
        opens = home is not None and not symbol.is_module and self._parts.layers.contents(home).opens
        return opens and self._parts.providers.has(symbol)

    def _takes_schemas_of_models(self, edge: ImportEdge, symbol: Symbol) -> bool:
        """Whether schemas are all that is taken: by their names, or off a module that is imported whole."""
        taken = self._parts.uses.members(edge) if symbol.is_module else (symbol,)
        return bool(taken) and all(map(self._is_schema_among_models, taken))

    def _is_schema_among_models(self, symbol: Symbol) -> bool:
        """A schema that stands beside models is misplaced, but who imports it depends on no model.

        The same goes for what stands beside schemas in a module of theirs, for who may import schemas.
        """
        home = symbol.module
        if home is None:
            return False
        if self._layer_name(home) == "schemas":
            return "schemas" not in self._forbidden and self._parts.layers.directory_of(home) == "models"
        if self._layer_name(home) != "models":
            return False
        is_schema = self._parts.classes.is_schema(symbol)
        return is_schema or posixpath.dirname(home.path) in self._parts.schema_folders

    def _is_breached(self, importer: Module, imported: Module, symbol: Symbol) -> bool:
        """Whether the module is of a forbidden layer; in one directory, only the symbol can tell that."""
        if self._layer_name(imported) not in self._forbidden:
            return False
        if self._parts.classes.is_stored(symbol):
            return True
        return not (
            self._parts.layers.share_home(importer, imported) or self._is_beside_routes(imported, symbol)
        )

    def _is_beside_routes(self, imported: Module, symbol: Symbol) -> bool:
        """Whether it is one of the helpers of a module that holds more of them than endpoints."""
        layers = self._parts.layers
        contents = layers.contents(imported)
        is_mixed = layers.of(imported) == Layer("routers", "inferred") and contents.plain > contents.routes
        is_endpoint = isinstance(symbol.node, FunctionDef) and bool(symbol.node.decorators)
        return is_mixed and isinstance(symbol.node, FunctionDef | ClassDef) and not is_endpoint

    def _layer_name(self, module: Module) -> str | None:
        layer = self._parts.layers.of(module)
        return layer.name if layer is not None else None


def _taken(targets: list[_Target]) -> str:
    """What a statement takes from one module: "`User` and `Role` from `app.models`"."""
    module = targets[0].module
    names = [f"`{target.edge.name}`" for target in targets if target.edge.name not in {None, "*"}]
    if not names:
        return f"`{module.name}`"
    *first, last = names
    listed = f"{', '.join(first)} and {last}" if first else last
    return f"{listed} from `{module.name}`"
