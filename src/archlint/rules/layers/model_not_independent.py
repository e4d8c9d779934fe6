"""BA0513: a model imports another layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.facts.syntax import Assign, Constant, Dict, Expression, Sequence, Subscript
from archlint.findings import Location, Met, NotApplicable, Said
from archlint.service.layers.names import LAYERS
from archlint.service.model import Service
from archlint.service.semantics.imports import ImportEdge
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol

_REMEDY = (
    "Let the model know nothing of it: move the import's user to the layer above, enumerations and "
    "constants that others share into `core`"
)


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each import in a model that leads to another layer; the base it derives from may be core's."""

    def is_base(edge: ImportEdge, symbol: Symbol) -> bool:
        layer = service.layers.of(symbol.module) if symbol.module else None
        if layer is None:
            return service.classes.is_model_base(symbol)
        if layer.name != "core":
            return False
        taken = service.uses.members(edge) if symbol.is_module else (symbol,)
        return bool(taken) and all(service.classes.is_model_base(one) or is_data(one) for one in taken)

    def is_data(symbol: Symbol) -> bool:
        """An enumeration, constants or a type of columns, which bring nothing else of core along."""
        if isinstance(symbol.node, Assign):
            given = symbol.node.value
            return isinstance(given, Constant | Sequence | Dict) or is_annotated(symbol, given)
        return service.classes.is_constant(symbol)

    def is_annotated(symbol: Symbol, given: Expression | None) -> bool:
        """Whether it names a type with what columns of it have: `key = Annotated[UUID, mapped_column(…)]`."""
        if symbol.module is None or not isinstance(given, Subscript):
            return False
        meant = service.symbols.resolve(symbol.module, given.value).qualified
        return meant in {"typing.Annotated", "typing_extensions.Annotated"}

    others = set(LAYERS) - {"models"}
    excuse = is_base if options["core-base"] else lambda edge, symbol: False
    breaching: set[Module] = set()
    for breach in service.contracts.breaches("models", others, excuse):
        breaching.add(breach.importer)
        yield breach.hit(breach.fields, _REMEDY)
    models = service.layers.modules("models")
    if not models:
        yield NotApplicable("no module is of the models layer")
    yield from (Met(Location(one.path)) for one in service.layers.placed("models") if one not in breaching)
