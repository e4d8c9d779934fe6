"""Whether a function is given rows of a database."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, Attribute, Expression, FunctionDef, Name
from archlint.facts.traversal import all_nodes
from archlint.service.calls.functions import Function
from archlint.service.model import Service
from archlint.service.semantics.symbols import Symbol


def holds_rows(service: Service, function: Function) -> bool:
    """Whether a parameter is a row of a database.

    FastAPI serialises what a plain handler returns in the handler's thread, and what a coroutine function
    returns on the event loop, where an attribute of a row that is loaded late would block.
    """
    parameters = function.node.parameters if isinstance(function.node, FunctionDef) else ()
    written_types = [p.annotation for p in parameters if p.annotation is not None]
    return any(
        service.classes.is_stored(symbol)
        for one in written_types
        for symbol in _named(service, function, one)
    )


def _named(service: Service, function: Function, annotation: Expression) -> Iterator[Symbol]:
    """What the names of an annotation mean, and those of the alias that it is."""
    symbol = service.symbols.resolve(function.module, annotation)
    if isinstance(symbol.node, Assign) and symbol.module and symbol.node.value is not None:
        module, value = symbol.module, symbol.node.value
    else:
        module, value = function.module, annotation
    for node in all_nodes(value):
        if isinstance(node, Name | Attribute):
            yield service.symbols.resolve(module, node)
