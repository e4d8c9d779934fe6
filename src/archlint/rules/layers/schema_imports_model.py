"""BA0514: a schema imports models, or is made of a mapped class."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.layers.exposure import exposed_models
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit]:
    """Yield each import of models in a schema, and each schema or response that is made of a mapped class."""
    for breach in service.contracts.grouped("schemas", ("models",)):
        what = f"`{breach.importer.name}` of the {breach.source} layer {breach.text}"
        yield Hit(breach.location, {"what": what}, breach.links, breach.severity)
    parts = (service.modules, service.symbols, service.classes, service.layers, service.surface)
    for exposed in exposed_models(*parts):
        yield Hit(exposed.location, {"what": f"{exposed.what} the mapped class `{exposed.model}`"})
