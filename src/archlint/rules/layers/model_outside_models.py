"""BA0503: a mapped class outside `models/`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, ClassDef
from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.layers.placement import Piece, misplaced, placed
from archlint.service.model import Service
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol


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
        if symbol.node is node and service.classes.is_mapped(symbol) and _adds(service, symbol, node):
            place = module.span(node.start, node.name_start + len(node.name))
            yield Piece(module, place, f"The mapped class `{node.name}`")


def _adds(service: Service, symbol: Symbol, node: ClassDef) -> bool:
    """Whether it is more than another way to make the rows of a table that another class has."""
    has_table = any(map(service.classes.is_mapped, service.symbols.bases(symbol)))
    return not has_table or any(isinstance(one, Assign) for one in node.body)
