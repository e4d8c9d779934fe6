"""BA0608: a coroutine that never runs, or an event loop that is started inside the event loop."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import FunctionDef
from archlint.findings import Hit, Link, Met, Said
from archlint.service.asynchronous.blocking import written
from archlint.service.asynchronous.unawaited import OWN, Unawaited
from archlint.service.calls.functions import Function
from archlint.service.model import Service

_AWAIT = "`await` the coroutine, or give it to `asyncio.create_task` and keep the task"


def check(service: Service) -> Iterator[Said]:
    """Yield each coroutine that nobody awaits, and each start of a loop where one runs."""
    disturbed: set[Function] = set()
    for found in service.event_loop.unawaited(OWN, "task"):
        disturbed.add(found.function)
        yield _lost(found)
    for nested in service.event_loop.nested_loops:
        disturbed.add(nested.function)
        through = nested.fields["through"]
        does = f"calls `{written(nested.call.path)}`{through}, while the event loop runs already"
        fields = {"function": nested.function.short_name, "does": does, "remedy": _AWAIT}
        yield Hit(nested.location, fields, nested.chain)
    yield from map(Met, service.event_loop.undisturbed(disturbed))


def _lost(found: Unawaited) -> Hit:
    """In a plain `def` nothing can be awaited: the one cause of all that it loses, but for an `__init__`."""
    function = found.function
    is_special = function.own_name.startswith("__")
    is_plain = isinstance(function.node, FunctionDef) and not (function.is_async or is_special)
    remedy = f"Make `{function.own_name}` an `async def` that awaits the coroutine, and `await` its calls"
    fields = {
        "function": function.short_name,
        "does": f"never awaits `{found.text}`, which therefore never runs",
        "remedy": remedy if is_plain else _AWAIT,
    }
    why = f"`{function.own_name}` is a plain `def`, in which nothing can be awaited"
    return Hit(found.location, fields, cause=Link(function.location, why) if is_plain else None)
