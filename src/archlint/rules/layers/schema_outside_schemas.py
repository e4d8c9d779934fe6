"""BA0504: a Pydantic model that the API takes or answers with, outside `schemas/`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef
from archlint.findings import Hit
from archlint.service.model import Service
from archlint.service.operations import Operation
from archlint.service.placement import Piece, misplaced
from archlint.service.symbols import Symbol
from archlint.service.types import Type


def check(service: Service) -> Iterator[Hit]:
    """Yield each schema that an endpoint's signature reaches in a module of another layer, or of none."""
    symbols = {
        symbol.node: symbol for operation in service.operations for symbol in _used(service, operation)
    }
    pieces = sorted((_piece(symbol) for symbol in symbols.values()), key=lambda piece: piece.location)
    for found in misplaced(service, "schemas", pieces):
        yield Hit(found.piece.location, found.fields, found.chain)


def _used(service: Service, operation: Operation) -> Iterator[Symbol]:
    """The Pydantic models in what an endpoint takes and answers; tables are another rule's."""
    for found in _types(operation):
        for model in service.operations.schemas.reachable(found):
            symbol = model.type.symbol
            if symbol is not None and symbol.module is not None and service.classes.is_schema(symbol):
                yield symbol


def _types(operation: Operation) -> Iterator[Type]:
    yield operation.answer.type
    yield from (parameter.type for parameter in (*operation.parameters, *operation.body))
    yield from (found for found in operation.responses.values() if found is not None)


def _piece(symbol: Symbol) -> Piece:
    assert symbol.module is not None
    assert isinstance(symbol.node, ClassDef)
    place = symbol.module.span(symbol.node.start, symbol.node.name_start + len(symbol.node.name))
    return Piece(symbol.module, place, f"The schema `{symbol.node.name}`")
