"""BA0515: a lower layer imports a higher one, or two layers import each other."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Location, Met, Said
from archlint.service.layers.contracts import Breach
from archlint.service.layers.names import LAYERS, ORDER
from archlint.service.model import Service
from archlint.service.semantics.imports import ImportEdge
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol

ELSEWHERE = frozenset({("services", "routers")})
"""Upward imports that a rule of their own reports; those of models are BA0513's."""

CLAUSES = {
    "routers": "BA05.2.1",
    "services": "BA05.2.2",
    "models": "BA05.2.3",
    "schemas": "BA05.2.4",
}
"""The clause that speaks of what a layer imports."""

ABOVE = "which stands above it"
CYCLE = "which imports core in turn"

_REMEDY = "Pass in what is needed from above, or move what is shared down to the lower layer"


def check(service: Service) -> Iterator[Said]:
    """Yield each import that leads upwards in the order of layers, and each cycle of core with a layer."""
    breaching: set[Module] = set()
    standing_in = _standing_in(service)
    for height, level in enumerate(ORDER):
        above = [layer for higher in ORDER[:height] for layer in higher]
        for source in (layer for layer in level if layer != "models"):
            forbidden = [layer for layer in above if (source, layer) not in ELSEWHERE]
            found = service.contracts.breaches(source, forbidden)
            for breach in (one for one in found if standing_in.get(one.importer.path, source) == source):
                breaching.add(breach.importer)
                yield breach.hit(breach.fields | {"why": ABOVE}, _REMEDY)
    cycles = list(_cycles(service))
    yield from cycles
    for layer, clause in CLAUSES.items() if not cycles else ():
        placed = (module for module in service.layers.placed(layer) if module not in breaching)
        yield from (Met(Location(module.path), (clause,)) for module in placed)


def _standing_in(service: Service) -> dict[str, str]:
    """The files that BA0501 names for a layer without a place, each with the layer that it is to be of."""
    missing = (name for name in LAYERS if not service.layers.has_place(name))
    found = ((service.layers.candidate(name), name) for name in missing)
    return {one.path: name for one, name in found if one is not None}


def _cycles(service: Service) -> Iterator[Hit]:
    """The first import of core that closes a cycle with models or schemas, which no other rule reports."""

    def is_no_base(edge: ImportEdge, symbol: Symbol) -> bool:
        return not service.classes.is_model_base(symbol)

    models = service.contracts.breaches("models", ("core",), is_no_base)
    for layer, backwards in (
        ("models", models),
        ("schemas", service.contracts.breaches("schemas", ("core",))),
    ):
        forth = next(filter(_is_plain, service.contracts.breaches("core", (layer,))), None)
        back = next(filter(_is_plain, backwards), None)
        if forth and back:
            links = (Link(one.location, f"{one.importer.name} {one.text}") for one in (forth, back))
            fields = forth.fields | {"why": CYCLE, "remedy": forth.remedy(_REMEDY)}
            yield Hit(forth.location, fields, tuple(links))


def _is_plain(breach: Breach) -> bool:
    """Whether the import itself shows both layers, with nothing inferred."""
    return not breach.through and "inferred" not in {breach.source.by, breach.target.by}
