"""What of a service shows at its API: the modules that register endpoints, and the schemas these speak."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from archlint.facts.syntax import ClassDef
from archlint.service.api.operations import Operation, Operations
from archlint.service.api.routes import RouteTable
from archlint.service.interpreter.types import Type
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbol


class Surface:
    """Answers from the resolved routes, each computed when first asked for."""

    def __init__(self, routes: RouteTable, operations: Operations, classes: Classes) -> None:
        self._routes = routes
        self._operations = operations
        self._classes = classes

    @cached_property
    def registering(self) -> frozenset[Module]:
        """The modules that register functions of their own."""
        endpoints = self._routes.endpoints
        return frozenset(one.home for one in endpoints if one.home is one.handler.module)

    @cached_property
    def schemas(self) -> tuple[Symbol, ...]:
        """The Pydantic models of the service that endpoints take or answer with, also inside others."""
        starts = dict.fromkeys(found for operation in self._operations for found in _types(operation))
        models = {id(model): model for one in starts for model in self._operations.schemas.reachable(one)}
        symbols = (model.type.symbol for model in models.values())
        found = {symbol.node: symbol for symbol in symbols if symbol and self._is_own_schema(symbol)}
        return tuple(found.values())

    @cached_property
    def publishing(self) -> frozenset[Module]:
        """The modules that define such a schema."""
        return frozenset(symbol.module for symbol in self.schemas if symbol.module is not None)

    def shows(self, symbol: Symbol) -> bool:
        """Whether the symbol is one of the schemas."""
        return symbol.node in self._shown

    @cached_property
    def _shown(self) -> frozenset[ClassDef]:
        return frozenset(symbol.node for symbol in self.schemas if isinstance(symbol.node, ClassDef))

    def _is_own_schema(self, symbol: Symbol) -> bool:
        return symbol.module is not None and self._classes.is_schema(symbol)


def _types(operation: Operation) -> Iterator[Type]:
    yield operation.answer.type
    yield from (parameter.type for parameter in (*operation.parameters, *operation.body))
    yield from (found for found in operation.responses.values() if found is not None)
