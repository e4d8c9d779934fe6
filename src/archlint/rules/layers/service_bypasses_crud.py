"""BA0512: a service imports routers, or reads and writes the database itself."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said
from archlint.service.database.session_calls import SessionCall, session_calls
from archlint.service.model import Service
from archlint.service.semantics.modules import Module

_REMEDY = (
    "Put the data access into a repository in `crud/` and call that; never import a router from a service"
)


def check(service: Service) -> Iterator[Said]:
    """Yield each import of a router in a service, and each service that gives statements to a session."""
    breaching: set[Module] = set()
    for breach in service.contracts.breaches("services", ("routers",)):
        breaching.add(breach.importer)
        yield breach.hit(breach.fields, _REMEDY)
    for module in service.layers.modules("services"):
        for hit in _calling(service, module):
            breaching.add(module)
            yield hit
    if not (service.databases.libraries or service.layers.modules("crud")):
        yield NotApplicable("its runtime imports no library of a relational database")
        return
    services = (module for module in service.layers.placed("services") if module not in breaching)
    yield from (Met(Location(module.path)) for module in services)


def _calling(service: Service, module: Module) -> Iterator[Hit]:
    """Each function that gives statements to a session, at the first of its calls."""
    by_function: dict[str, list[SessionCall]] = {}
    for call in session_calls(module, service.symbols, service.annotations):
        around = module.source.definitions.around(call.node)
        by_function.setdefault(".".join(one.name for one in around), []).append(call)
    cause = Link(Location(module.path), f"`{module.name}` of the services layer reads and writes by itself")
    for function, (first, *others) in by_function.items():
        texts = ", ".join(dict.fromkeys(f"`{one.text}`" for one in (first, *others)))
        fields = {
            "module": module.name,
            "layer": str(service.layers.of(module)),
            "what": f"calls {texts} on a database session{f' in `{function}`' if function else ''}",
            "breach": function,
            "remedy": _REMEDY,
        }
        chain = tuple(Link(module.location(one.node), f"`{one.text}`") for one in others)
        yield Hit(module.location(first.node), fields, chain, cause=cause)
