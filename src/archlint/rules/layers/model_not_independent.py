"""BA0513: a model imports another layer."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Location, Met, NotApplicable, Said
from archlint.service.layers.names import LAYERS
from archlint.service.layers.table_parts_excuse import table_parts_excuse
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

_REMEDY = (
    "Let the model know nothing of it: move the import's user to the layer above, enumerations and "
    "constants that others share into `core`"
)


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each import in a model that leads to another layer; the base it derives from may be core's."""
    others = set(LAYERS) - {"models"}
    parts = table_parts_excuse(service.layers, service.uses, service.classes, service.symbols)
    excuse = (parts,) if options["core-base"] else ()
    breaching: set[Module] = set()
    for breach in service.contracts.breaches("models", others, *excuse):
        breaching.add(breach.importer)
        yield breach.hit(breach.fields, _REMEDY)
    models = service.layers.modules("models")
    if not models:
        yield NotApplicable("no module is of the models layer")
    yield from (Met(Location(one.path)) for one in service.layers.placed("models") if one not in breaching)
