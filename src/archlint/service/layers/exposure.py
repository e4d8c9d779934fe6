"""Where mapped classes show at the API: in the bases and fields of schemas, in an endpoint's signature."""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from archlint.facts.python import read_expression
from archlint.facts.syntax import (
    Assign,
    Attribute,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    Name,
    Operation,
    Sequence,
    Subscript,
)
from archlint.findings import Location
from archlint.service.api.api_surface import Surface
from archlint.service.layers.contents import endpoint_decorator
from archlint.service.layers.layers import Layers
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Symbol, Symbols


class Exposure(Struct, frozen=True):
    """A place that makes a schema of the mapped class `model`; `what` says how, up to the class's name."""

    location: Location
    what: str
    model: str


def exposed_models(
    modules: Modules, symbols: Symbols, classes: Classes, layers: Layers, surface: Surface
) -> Iterator[Exposure]:
    """The mapped classes in schemas and in the signatures of endpoints, by module, in reading order."""
    for module in modules.runtime:
        reader = _Reader(module, symbols, classes, layers, surface)
        for statement in statements(module.source.body):
            if isinstance(statement, ClassDef):
                yield from reader.schema(statement)
                for method in statement.body:
                    if isinstance(method, FunctionDef):
                        yield from reader.endpoint(method)
            elif isinstance(statement, FunctionDef):
                yield from reader.endpoint(statement)


class _Reader:
    def __init__(
        self, module: Module, symbols: Symbols, classes: Classes, layers: Layers, surface: Surface
    ) -> None:
        self._module = module
        self._symbols = symbols
        self._classes = classes
        self._layers = layers
        self._surface = surface

    def schema(self, node: ClassDef) -> Iterator[Exposure]:
        """The mapped classes that a schema inherits from, and those that its fields hold.

        A Pydantic class that is neither shown at the API nor lies with the schemas may hold what it wants.
        """
        symbol = self._symbol(Name(node.name_start, node.name_start, node.name))
        if symbol.node is not node or not self._classes.is_schema(symbol):
            return
        for base in node.bases:
            if self._classes.is_mapped(self._symbol(base)):
                yield self._exposure(base, f"Schema `{node.name}` inherits from", self._symbol(base))
        for statement in node.body if self._is_for_the_api(symbol) else ():
            match statement:
                case Assign(targets=(Name(id=name),), annotation=annotation) if annotation and name[0] != "_":
                    for part, model in self._mapped_in(annotation):
                        yield self._exposure(part, f"Field `{name}` of schema `{node.name}` holds", model)

    def _is_for_the_api(self, symbol: Symbol) -> bool:
        layer = self._layers.of(self._module)
        return (layer is not None and layer.name == "schemas") or self._surface.shows(symbol)

    def endpoint(self, node: FunctionDef) -> Iterator[Exposure]:
        """The tables that are Pydantic models too and stand for an endpoint's response or body."""
        decorator = endpoint_decorator(self._module, node, self._symbols)
        if decorator is None:
            return
        declared = next((one.value for one in decorator.keywords if one.name == "response_model"), None)
        response = declared if declared is not None else node.returns
        for part, model in self._tables_in(response) if response is not None else ():
            yield self._exposure(part, f"Endpoint `{node.name}` responds with", model)
        for parameter in node.parameters:
            if parameter.annotation is not None and parameter.default is None:
                model = self._symbol(parameter.annotation)
                if self._classes.is_table_model(model):
                    what = f"Endpoint `{node.name}` takes as its body"
                    yield self._exposure(parameter.annotation, what, model)

    def _mapped_in(self, annotation: Expression) -> Iterator[tuple[Expression, Symbol]]:
        for part, named in self._types_in(annotation):
            symbol = self._symbol(named)
            if self._classes.is_mapped(symbol):
                yield part, symbol

    def _types_in(self, annotation: Expression) -> Iterator[tuple[Expression, Expression]]:
        """Each type that the annotation names, with the part that does; no values, no metadata."""
        match annotation:
            case Name() | Attribute():
                yield annotation, annotation
            case Constant(value=str(text)):
                yield from ((annotation, named) for _, named in self._types_in(read_expression(text)))
            case Subscript(value=value, index=index):
                yield from self._types_in(value)
                kind = self._symbol(value).qualified.rpartition(".")[2]
                items = index.items if isinstance(index, Sequence) else (index,)
                shown = {"Annotated": items[:1], "Literal": ()}.get(kind, items)
                yield from (found for item in shown for found in self._types_in(item))
            case Operation(operator="|", parts=parts) | Sequence(items=parts):
                yield from (found for part in parts for found in self._types_in(part))

    def _tables_in(self, annotation: Expression) -> Iterator[tuple[Expression, Symbol]]:
        found = self._mapped_in(annotation)
        return ((part, symbol) for part, symbol in found if self._classes.is_table_model(symbol))

    def _symbol(self, expression: Expression) -> Symbol:
        return self._symbols.resolve(self._module, expression)

    def _exposure(self, part: Expression, what: str, symbol: Symbol) -> Exposure:
        return Exposure(self._module.location(part), what, symbol.qualified)
