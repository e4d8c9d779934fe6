"""How much of a service's work an endpoint's handler does itself."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    Expression,
    For,
    FunctionDef,
    If,
    Name,
    Node,
)
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.interpreter.types import Types
from archlint.service.layers.handler_bodies import assigned, nodes_of
from archlint.service.layers.layers import Layers
from archlint.service.layers.queries import Queries
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Symbols


class HandlerWork(Struct, frozen=True):
    """What a handler does: runs queries, calls repositories, decides in loops over their rows."""

    queries: int
    repository_calls: int
    decisions: int

    @property
    def total(self) -> int:
        """All steps."""
        return self.queries + self.repository_calls + self.decisions

    def __str__(self) -> str:
        """In words: "2 queries and 1 decision in a loop over rows"."""
        parts = [
            _count(self.queries, "query", "queries"),
            _count(self.repository_calls, "repository call", "repository calls"),
            _count(self.decisions, "decision in a loop over rows", "decisions in loops over rows"),
        ]
        *first, last = [part for part in parts if part] or ["nothing"]
        return f"{', '.join(first)} and {last}" if first else last


class Handlers(Struct, eq=False, frozen=True):
    """What may be asked of the bodies of handlers."""

    symbols: Symbols
    annotations: Types
    layers: Layers
    queries: Queries

    def work_of(self, module: Module, handler: FunctionDef) -> HandlerWork:
        """The work that `handler` itself does; what it calls does not count."""
        executed = {q.node for q in self.queries.of(module).get(handler, []) if q.executed}
        repositories = self._repositories(module, handler)
        nodes = nodes_of(module.source, handler)
        calls = {n for n in nodes if type(n) is Call and self._asks(module, n, repositories)}
        rows = set(_assigned_from(nodes, executed | calls))
        loops = [n for n in nodes if type(n) is For and _is_over(n.iterable, rows, executed | calls)]
        decisions = {inner for loop in loops for inner in all_nodes(loop) if isinstance(inner, If)}
        return HandlerWork(len(executed), len(calls - executed), len(decisions))

    def _repositories(self, module: Module, handler: FunctionDef) -> frozenset[str]:
        """The handler's parameters whose type is a class of crud."""
        return frozenset(
            parameter.name
            for parameter in handler.parameters
            if parameter.annotation is not None and self._is_of_crud(module, parameter.annotation)
        )

    def _is_of_crud(self, module: Module, annotation: Expression) -> bool:
        members = self.annotations.named(annotation, module).members
        return any(self._in_crud(one.symbol.module) for one in members if one.symbol is not None)

    def _in_crud(self, module: Module | None) -> bool:
        layer = self.layers.of(module) if module is not None else None
        return layer is not None and layer.name == "crud"

    def _asks(self, module: Module, call: Call, repositories: frozenset[str]) -> bool:
        """Whether the call is of a function of crud, or of a method of one of the `repositories`."""
        name = dotted(call.func)
        if name is None:
            return False
        owner, _, rest = name.partition(".")
        if owner in repositories:
            return "." not in rest and bool(rest)
        symbol = self.symbols.resolve(module, call.func)
        return self._in_crud(symbol.module) and not symbol.qualified.rpartition(".")[2][:1].isupper()


def _assigned_from(nodes: Iterable[Node], calls: set[Call]) -> Iterator[str]:
    """The names that are given the result of one of the `calls`, or something made of it."""
    for name, value in assigned(nodes):
        if any(inner in calls for inner in all_nodes(value)):
            yield name


def _is_over(iterable: Expression, rows: set[str], calls: set[Call]) -> bool:
    match iterable:
        case Name(id=name):
            return name in rows
        case Await(value=value):
            return _is_over(value, rows, calls)
        case Call(func=Attribute(value=owner)):
            return iterable in calls or _is_over(owner, rows, calls)
    return iterable in calls


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}" if number else ""
