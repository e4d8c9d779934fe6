"""BA0514: a schema imports models, or is made of a mapped class."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, NotApplicable, Said
from archlint.service.layers.exposure import exposed_models
from archlint.service.model import Service

_REMEDY = (
    "Describe the data in the schema itself, and let `from_attributes` fill it from the model; "
    "enumerations and constants that both share belong to `core`"
)

_MOVE = "Move the enumeration or constant into `core` or `schemas`, which schemas may import"


def check(service: Service) -> Iterator[Said]:
    """Yield each import of models in a schema, and each schema or response that is made of a mapped class."""
    breaching: set[str] = set()
    for breach in service.contracts.breaches("schemas", ("models",)):
        what = f"`{breach.importer.name}` of the {breach.source} layer {breach.text}"
        breaching.add(breach.importer.path)
        fields = {"what": what, "breach": breach.fields["breach"]}
        there = f"Import it from `{breach.home}`, which defines it"
        yield breach.hit(fields, there if breach.home else _MOVE if breach.constants else _REMEDY)
    parts = (service.modules, service.symbols, service.annotations, service.classes)
    for exposed in exposed_models(*parts, service.layers, service.surface):
        breaching.add(exposed.location.file)
        what = f"{exposed.what} the mapped class `{exposed.model}`"
        fields = {"what": what, "breach": f"{exposed.holder} {exposed.model}", "remedy": _REMEDY}
        yield Hit(exposed.location, fields)
    if not (service.schemas.has_models or service.layers.modules("models")):
        yield NotApplicable("it has no models")
        return
    schemas = (module.path for module in service.layers.placed("schemas"))
    yield from (Met(Location(path)) for path in schemas if path not in breaching)
