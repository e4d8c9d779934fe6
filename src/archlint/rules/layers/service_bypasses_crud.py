"""BA0512: a service imports routers, or reads and writes the database itself."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said
from archlint.service.database.session_calls import session_calls
from archlint.service.model import Service
from archlint.service.semantics.modules import Module


def check(service: Service) -> Iterator[Said]:
    """Yield each import of a router in a service, and each service that gives statements to a session."""
    breaching: set[Module] = set()
    for breach in service.contracts.grouped("services", ("routers",)):
        breaching.add(breach.importer)
        yield Hit(breach.location, breach.fields, breach.links, breach.severity, cause=breach.cause)
    for module in service.layers.modules("services"):
        layer = str(service.layers.of(module))
        calls = list(session_calls(module, service.symbols, service.annotations))
        if calls:
            breaching.add(module)
            more = f", and does so in {len(calls) - 1} more places" if len(calls) > 1 else ""
            what = f"calls `{calls[0].text}` on a database session{more}"
            links = tuple(Link(module.location(one.node), f"`{one.text}`") for one in calls[1:])
            fields = {"module": module.name, "layer": layer, "what": what}
            yield Hit(module.location(calls[0].node), fields, links)
    if not (service.databases.libraries or service.layers.modules("crud")):
        yield NotApplicable("its runtime imports no library of a relational database")
        return
    services = (module for module in service.layers.placed("services") if module not in breaching)
    yield from (Met(Location(module.path)) for module in services)
