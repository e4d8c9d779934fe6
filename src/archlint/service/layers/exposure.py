"""Where mapped classes show at the API: in the bases and fields of schemas, in an endpoint's signature."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from msgspec import Struct

from archlint.facts.syntax import (
    Assign,
    Attribute,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    Name,
)
from archlint.facts.traversal import walk_expressions
from archlint.findings import Location
from archlint.service.api.api_surface import Surface
from archlint.service.interpreter.types import Types
from archlint.service.layers.contents import endpoint_decorator
from archlint.service.layers.layers import Layers
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Symbol, Symbols


class Exposure(Struct, frozen=True):
    """A place that makes a schema of the mapped class `model`; `what` says how, up to the class's name.

    `holder` is what shows it: the base of a schema, a field, the response or a parameter of an endpoint.
    """

    location: Location
    what: str
    model: str
    holder: str


def exposed_models(
    modules: Modules, symbols: Symbols, types: Types, classes: Classes, layers: Layers, surface: Surface
) -> Iterator[Exposure]:
    """The mapped classes in schemas and in the signatures of endpoints, by module, in reading order."""
    for module in modules.runtime:
        reader = _Reader(module, symbols, types, classes, layers, surface)
        for statement in statements(module.source.body):
            if isinstance(statement, ClassDef):
                yield from reader.schema(statement)
                for method in statement.body:
                    if isinstance(method, FunctionDef):
                        yield from reader.endpoint(method)
            elif isinstance(statement, FunctionDef):
                yield from reader.endpoint(statement)


class _Reader(NamedTuple):
    module: Module
    symbols: Symbols
    types: Types
    classes: Classes
    layers: Layers
    surface: Surface

    def schema(self, node: ClassDef) -> Iterator[Exposure]:
        """The mapped classes that a schema inherits from, and those that its fields hold.

        A Pydantic class that is neither shown at the API nor lies with the schemas may hold what it wants.
        """
        symbol = self._symbol(Name(node.name_start, 0, node.name))
        if symbol.node is not node or not self.classes.is_schema(symbol):
            return
        for base in node.bases:
            if self.classes.is_mapped(self._symbol(base)):
                what = f"Schema `{node.name}` inherits from"
                yield self._exposure(base, what, self._symbol(base), f"base of {node.name}")
        for statement in node.body if self._is_for_the_api(symbol) else ():
            match statement:
                case Assign(targets=(Name(id=name),), annotation=annotation) if annotation and name[0] != "_":
                    for part, model in self._mapped_in(annotation):
                        what = f"Field `{name}` of schema `{node.name}` holds"
                        yield self._exposure(part, what, model, f"{node.name}.{name}")

    def _is_for_the_api(self, symbol: Symbol) -> bool:
        layer = self.layers.of(self.module)
        return (layer is not None and layer.name == "schemas") or self.surface.shows(symbol)

    def endpoint(self, node: FunctionDef) -> Iterator[Exposure]:
        """The tables that are Pydantic models too and stand for an endpoint's response or body."""
        decorator = endpoint_decorator(self.module, node, self.symbols)
        if decorator is None:
            return
        declared = next((one.value for one in decorator.keywords if one.name == "response_model"), None)
        response = declared if declared is not None else node.returns
        for part, model in self._tables_in(response) if response is not None else ():
            what = f"Endpoint `{node.name}` responds with"
            yield self._exposure(part, what, model, f"response of {node.name}")
        for parameter in node.parameters:
            if parameter.annotation is not None and parameter.default is None:
                model = self._symbol(parameter.annotation)
                if self.classes.is_table_model(model):
                    what = f"Endpoint `{node.name}` takes as its body"
                    yield self._exposure(parameter.annotation, what, model, f"{node.name}({parameter.name})")

    def _mapped_in(self, annotation: Expression) -> Iterator[tuple[Expression, Symbol]]:
        """The mapped classes in the type that an annotation means, each with the first part that names it."""
        for symbol in dict.fromkeys(filter(self.classes.is_mapped, self._symbols_in(annotation))):
            names = (
                one for one in walk_expressions(annotation) if isinstance(one, Name | Attribute | Constant)
            )
            yield next((one for one in names if symbol in self._symbols_in(one)), annotation), symbol

    def _symbols_in(self, annotation: Expression) -> Iterator[Symbol]:
        found = self.types.named(annotation, self.module).walk()
        return (one.symbol for one in found if one.symbol is not None)

    def _tables_in(self, annotation: Expression) -> Iterator[tuple[Expression, Symbol]]:
        found = self._mapped_in(annotation)
        return ((part, symbol) for part, symbol in found if self.classes.is_table_model(symbol))

    def _symbol(self, expression: Expression) -> Symbol:
        return self.symbols.resolve(self.module, expression)

    def _exposure(self, part: Expression, what: str, symbol: Symbol, holder: str) -> Exposure:
        return Exposure(self.module.location(part), what, symbol.qualified, holder)
