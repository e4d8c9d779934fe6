"""Whether all that a plain function does is known not to wait, so that it may run on the event loop."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Attribute, Call, ClassDef, FunctionDef, Lambda
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.asynchronous.blocking import Reach, iterates, written
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function

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


def may_block(calls: Calls, waiting: Reach, function: Function) -> str:
    """Why the function might block the event loop; empty when all that it reaches is known not to."""
    blocked = next(waiting.blocked(function), None)
    if blocked is not None:
        loop = "a loop over " if iterates(blocked.call.path) else ""
        return f"it comes to {loop}`{written(blocked.call.path)}`, which would block the event loop"
    unknown = next((name for one in _reached(calls, function) for name in _unknown(calls, one)), None)
    return f"archlint cannot tell whether `{unknown}` blocks" if unknown else ""


def _reached(calls: Calls, function: Function) -> Iterator[Function]:
    """The function, and the plain ones that run while it does."""
    yield function
    seen = {function}
    for step in calls.walk(function):
        edge = step.edge
        if edge.way == "here" and not edge.callee.is_async and edge.callee not in seen:
            seen.add(edge.callee)
            yield edge.callee


def _unknown(calls: Calls, function: Function) -> Iterator[str]:
    """The calls of the function of which nobody knows what they do."""
    known = {edge.site for edge in calls.edges_from(function)}
    for call in calls.library_calls(function):
        known.add(call.site)
        if call.path.partition(".")[0].rstrip("()[]") not in _QUICK_LIBRARIES:
            yield written(call.path)
    body = function.node.body if isinstance(function.node, FunctionDef) else ()
    for statement in body:
        for node in all_nodes(statement, (FunctionDef, Lambda, ClassDef)):
            if isinstance(node, Call) and node not in known and not _is_quick(calls, function, node):
                yield dotted(node.func) or "a call"


def _is_quick(calls: Calls, function: Function, call: Call) -> bool:
    if isinstance(call.func, Attribute) and call.func.attr in _QUICK_METHODS:
        return True
    symbol = calls.symbols.resolve(function.module, call.func, function.inner_scope)
    return isinstance(symbol.node, ClassDef) or symbol.qualified.partition(".")[0] in _QUICK_LIBRARIES
