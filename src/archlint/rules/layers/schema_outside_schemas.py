"""BA0504: a Pydantic model that the API takes or answers with, outside `schemas/`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef
from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.layers.placement import Piece, misplaced, placed
from archlint.service.model import Service
from archlint.service.semantics.symbols import Symbol


def check(service: Service) -> Iterator[Said]:
    """Yield each schema that an endpoint's signature reaches in a module of another layer, or of none."""
    pieces = sorted(map(_piece, service.surface.schemas), key=lambda piece: piece.location)
    if not pieces:
        yield NotApplicable("no endpoint takes or answers with a schema of the service")
    yield from map(Met, placed(service.layers, "schemas", pieces))
    for found in misplaced(service.layers, "schemas", pieces):
        yield Hit(found.piece.location, found.fields, found.chain, cause=found.cause)


def _piece(symbol: Symbol) -> Piece:
    assert symbol.module is not None
    assert isinstance(symbol.node, ClassDef)
    place = symbol.module.span(symbol.node.start, symbol.node.name_start + len(symbol.node.name))
    return Piece(symbol.module, place, f"The schema `{symbol.node.name}`")
