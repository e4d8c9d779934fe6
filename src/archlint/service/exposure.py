"""Where mapped classes show at the API: in the bases and fields of schemas, in an endpoint's signature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from archlint.facts.syntax import (
    Assign,
    ClassDef,
    Expression,
    FunctionDef,
    Name,
    walk_expressions,
)
from archlint.findings import Location
from archlint.service.contents import endpoint_decorator
from archlint.service.modules import Module
from archlint.service.namespaces import statements
from archlint.service.symbols import Symbol

if TYPE_CHECKING:
    from archlint.service.model import Service


@dataclass(frozen=True, slots=True)
class Exposure:
    """A place that makes a schema of the mapped class `model`; `what` says how, up to the class's name."""

    location: Location
    what: str
    model: str


def exposed_models(service: Service) -> Iterator[Exposure]:
    """The mapped classes in schemas and in the signatures of endpoints, by module, in reading order."""
    for module in service.modules.runtime:
        reader = _Reader(service, module)
        for statement in statements(module.source.body):
            if isinstance(statement, ClassDef):
                yield from reader.schema(statement)
                for method in statement.body:
                    if isinstance(method, FunctionDef):
                        yield from reader.endpoint(method)
            elif isinstance(statement, FunctionDef):
                yield from reader.endpoint(statement)


class _Reader:
    def __init__(self, service: Service, module: Module) -> None:
        self._service = service
        self._module = module

    def schema(self, node: ClassDef) -> Iterator[Exposure]:
        """The mapped classes that a schema inherits from, and those that its fields hold."""
        symbol = self._symbol(Name(node.name_start, node.name_start, node.name))
        if symbol.node is not node or not self._service.classes.is_schema(symbol):
            return
        for base in node.bases:
            if self._service.classes.is_mapped(self._symbol(base)):
                yield self._exposure(base, f"Schema `{node.name}` inherits from", self._symbol(base))
        for statement in node.body:
            match statement:
                case Assign(targets=(Name(id=name),), annotation=annotation) if annotation and name[0] != "_":
                    for part, model in self._mapped_in(annotation):
                        yield self._exposure(part, f"Field `{name}` of schema `{node.name}` holds", model)

    def endpoint(self, node: FunctionDef) -> Iterator[Exposure]:
        """The tables that are Pydantic models too and stand for an endpoint's response or body."""
        decorator = endpoint_decorator(self._module, node, self._service.symbols)
        if decorator is None:
            return
        declared = next((one.value for one in decorator.keywords if one.name == "response_model"), None)
        response = declared if declared is not None else node.returns
        for part, model in self._tables_in(response) if response is not None else ():
            yield self._exposure(part, f"Endpoint `{node.name}` responds with", model)
        for parameter in node.parameters:
            if parameter.annotation is not None and parameter.default is None:
                model = self._symbol(parameter.annotation)
                if self._service.classes.is_table_model(model):
                    what = f"Endpoint `{node.name}` takes as its body"
                    yield self._exposure(parameter.annotation, what, model)

    def _mapped_in(self, annotation: Expression) -> Iterator[tuple[Expression, Symbol]]:
        for part in walk_expressions(annotation):
            symbol = self._symbol(part)
            if self._service.classes.is_mapped(symbol):
                yield part, symbol

    def _tables_in(self, annotation: Expression) -> Iterator[tuple[Expression, Symbol]]:
        found = self._mapped_in(annotation)
        return ((part, symbol) for part, symbol in found if self._service.classes.is_table_model(symbol))

    def _symbol(self, expression: Expression) -> Symbol:
        return self._service.symbols.resolve(self._module, expression)

    def _exposure(self, part: Expression, what: str, symbol: Symbol) -> Exposure:
        return Exposure(self._module.location(part), what, symbol.qualified)
