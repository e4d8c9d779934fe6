"""BA0513: a model imports another layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.facts.syntax import Assign, ClassDef, Constant, Dict, FunctionDef, Sequence
from archlint.findings import Location, Met, NotApplicable, Said
from archlint.service.layers.contracts import Excuse
from archlint.service.layers.names import LAYERS
from archlint.service.model import Service
from archlint.service.semantics.imports import ImportEdge
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol
from archlint.service.semantics.table_parts import is_part_of_tables

_REMEDY = (
    "Let the model know nothing of it: move the import's user to the layer above, enumerations and "
    "constants that others share into `core`"
)


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each import in a model that leads to another layer; the base it derives from may be core's."""
    others = set(LAYERS) - {"models"}
    excuse = _excuse(service) if options["core-base"] else lambda edge, symbol: False
    breaching: set[Module] = set()
    for breach in service.contracts.breaches("models", others, excuse):
        breaching.add(breach.importer)
        yield breach.hit(breach.fields, _REMEDY)
    models = service.layers.modules("models")
    if not models:
        yield NotApplicable("no module is of the models layer")
    yield from (Met(Location(one.path)) for one in service.layers.placed("models") if one not in breaching)


def _excuse(service: Service) -> Excuse:
    """Whether an import is of what tables, and schemas that stand beside them, are made of."""

    def is_base(edge: ImportEdge, symbol: Symbol) -> bool:
        layer = service.layers.of(symbol.module) if symbol.module else None
        if layer is None:
            return service.classes.is_model_base(symbol) or is_part(symbol)
        taken = service.uses.members(edge) if symbol.is_module else (symbol,)
        if layer.name != "core":
            return layer.by == "inferred" and bool(taken) and all(map(is_part, taken))
        return bool(taken) and all(
            is_of_core(one) or is_derived_from(edge, one) or is_default(edge, one) for one in taken
        )

    def is_part(symbol: Symbol) -> bool:
        return is_part_of_tables(symbol, service.symbols)

    def is_of_core(symbol: Symbol) -> bool:
        """A base, or an enumeration or constants, which bring nothing else of core along."""
        if service.classes.is_model_base(symbol) or is_part(symbol):
            return True
        if isinstance(symbol.node, Assign):
            return isinstance(symbol.node.value, Constant | Sequence | Dict)
        return service.classes.is_constant(symbol)

    def is_default(edge: ImportEdge, symbol: Symbol) -> bool:
        """A function that gives columns what they have by default: `now`, `new_id`."""
        return isinstance(symbol.node, FunctionDef) and service.uses.is_only_default(edge)

    def is_derived_from(edge: ImportEdge, symbol: Symbol) -> bool:
        """The base of the schemas that stand beside the models: they may know core."""
        classes = (one for one in edge.importer.source.body if isinstance(one, ClassDef))
        derived = (service.symbols.resolve(edge.importer, one.name) for one in classes)
        return service.classes.is_schema(symbol) and any(
            symbol in service.symbols.direct_bases(one) for one in derived
        )

    return is_base
