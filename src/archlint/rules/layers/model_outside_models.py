"""BA0503: a mapped class outside `models/`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef
from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.layers.placement import Piece, misplaced, placed
from archlint.service.model import Service
from archlint.service.semantics.modules import Module


def check(service: Service) -> Iterator[Said]:
    """Yield each class that SQLAlchemy maps to a table in a module of another layer, or of none."""
    pieces = [piece for module in service.modules.runtime for piece in _mapped(service, module)]
    if not pieces:
        yield NotApplicable("it maps no class to a table")
    yield from map(Met, placed(service.layers, "models", pieces))
    for found in misplaced(service.layers, "models", pieces):
        yield Hit(found.piece.location, found.fields, found.chain, cause=found.cause)


def _mapped(service: Service, module: Module) -> Iterator[Piece]:
    for node in module.source.nodes.of(ClassDef):
        symbol = service.symbols.resolve(module, node.name)
        if symbol.node is node and service.classes.is_mapped(symbol):
            place = module.span(node.start, node.name_start + len(node.name))
            yield Piece(module, place, f"The mapped class `{node.name}`")
