"""BA0707: a connection pool whose size only a new release can change."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Keyword
from archlint.findings import Hit, Met, NotApplicable, Said, Severity
from archlint.service.database.engines import Engine
from archlint.service.model import Service

_POOL = ("pool_size", "max_overflow", "pool_timeout", "pool_recycle")


def check(service: Service) -> Iterator[Said]:
    """Yield each runtime engine with pool arguments that are numbers in the source."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    yield from service.data_access.unseen("the pool of other connections")
    for engine in service.databases.engines:
        if fixed := _fixed(service, engine):
            names = ", ".join(f"`{keyword.name}`" for keyword in fixed)
            verb = "is a literal" if len(fixed) == 1 else "are literals"
            # How long a connection lives depends on the server; how many there are, on each deployment.
            severity = Severity.WARNING if {one.name for one in fixed} == {"pool_recycle"} else None
            place = engine.module.location(fixed[0])
            fields = {"function": engine.function, "arguments": names, "verb": verb}
            yield Hit(place, fields, severity=severity)
        elif any(keyword.name in _POOL for keyword in engine.keywords):
            yield Met(engine.location)


def _fixed(service: Service, engine: Engine) -> list[Keyword]:
    sizes = (keyword for keyword in engine.keywords if keyword.name in _POOL)
    return [k for k in sizes if service.literals.is_number(engine.module, k.value, engine.scope)]
