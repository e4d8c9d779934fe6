"""BA0512: a service imports routers, or reads and writes the database itself."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.database.session_calls import session_calls
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit]:
    """Yield each import of a router in a service, and each statement that a service gives to a session."""
    for breach in service.contracts.grouped("services", ("routers",)):
        yield Hit(breach.location, breach.fields, breach.links, breach.severity)
    for module in service.layers.modules("services"):
        layer = str(service.layers.of(module))
        for call in session_calls(module, service.symbols):
            what = f"calls `{call.text}` on a database session"
            yield Hit(module.location(call.node), {"module": module.name, "layer": layer, "what": what})
