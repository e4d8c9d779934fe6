"""Whether all that a plain function does is known not to wait, so that it may run on the event loop."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, Attribute, Call, ClassDef, Expression, FunctionDef, Lambda, Name
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.asynchronous.blocking import written
from archlint.service.calls.functions import Function
from archlint.service.model import Service
from archlint.service.semantics.symbols import Symbol

_QUICK_LIBRARIES = frozenset(
    (  # noqa: SIM905 (words read better so)
        "abc base64 builtins collections contextlib copy dataclasses datetime decimal enum fastapi "
        "functools hashlib heapq hmac html inspect itertools json logging loguru math operator pydantic "
        "pydantic_settings random re secrets sqlalchemy sqlmodel starlette statistics string structlog "
        "time types typing typing_extensions uuid zoneinfo"
    ).split()
)
"""Libraries that only compute, but for what `blocking.toml` has of them."""

_QUICK_METHODS = frozenset(
    (  # noqa: SIM905 (words read better so)
        "append copy count dict encode endswith extend format index isoformat items join json keys lower "
        "lstrip model_copy model_dump model_dump_json partition replace rpartition rsplit rstrip "
        "setdefault sort split splitlines startswith strftime strip timestamp title union upper values"
    ).split()
)
"""Methods of containers, strings, dates and schemas, whatever has them."""


def may_wait(service: Service, function: Function) -> str:
    """Why the function might block the event loop; empty when all that it reaches is known not to."""
    blocked = service.event_loop.may_block(function)
    if blocked is not None:
        return f"it comes to `{written(blocked.call.path)}`, which would block the event loop"
    unknown = next((name for one in _reached(service, function) for name in _unknown(service, one)), None)
    return f"archlint cannot tell whether `{unknown}` blocks" if unknown else ""


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


def _reached(service: Service, function: Function) -> Iterator[Function]:
    """The function, and the plain ones that run while it does."""
    yield function
    seen = {function}
    for step in service.calls.walk(function):
        edge = step.edge
        if edge.way == "here" and not edge.callee.is_async and edge.callee not in seen:
            seen.add(edge.callee)
            yield edge.callee


def _unknown(service: Service, function: Function) -> Iterator[str]:
    """The calls of the function of which nobody knows what they do."""
    known = {edge.node for edge in service.calls.edges_from(function)}
    for call in service.calls.library_calls(function):
        known.add(call.node)
        if call.path.partition(".")[0].rstrip("()[]") not in _QUICK_LIBRARIES:
            yield written(call.path)
    body = function.node.body if isinstance(function.node, FunctionDef) else ()
    for statement in body:
        for node in all_nodes(statement, (FunctionDef, Lambda, ClassDef)):
            if isinstance(node, Call) and node not in known and not _is_quick(service, function, node):
                yield dotted(node.func) or "a call"


def _is_quick(service: Service, function: Function, call: Call) -> bool:
    if isinstance(call.func, Attribute) and call.func.attr in _QUICK_METHODS:
        return True
    symbol = service.symbols.resolve(function.module, call.func, function.inner_scope)
    return isinstance(symbol.node, ClassDef) or symbol.qualified.partition(".")[0] in _QUICK_LIBRARIES
