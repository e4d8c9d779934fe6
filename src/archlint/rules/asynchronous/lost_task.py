"""BA0608: a coroutine that never runs, or an event loop that is started inside the event loop."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said
from archlint.service.asynchronous.blocking import written
from archlint.service.asynchronous.unawaited import OWN
from archlint.service.calls.functions import Function
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each coroutine that nobody awaits, and each start of a loop where one runs."""
    disturbed: set[Function] = set()
    for found in service.event_loop.unawaited(OWN, "task"):
        disturbed.add(found.function)
        does = f"never awaits `{found.text}`, which therefore never runs"
        yield Hit(found.location, {"function": found.function.short_name, "does": does})
    for nested in service.event_loop.nested_loops:
        disturbed.add(nested.function)
        through = nested.fields["through"]
        does = f"calls `{written(nested.call.path)}`{through}, while the event loop runs already"
        yield Hit(nested.location, {"function": nested.function.short_name, "does": does}, nested.chain)
    yield from map(Met, service.event_loop.undisturbed(disturbed))
