"""BA0603: an async engine with a pool that works for threads only."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Severity
from archlint.service.database.engines import Engine, pool_classes
from archlint.service.model import Service
from archlint.service.semantics.library_names import names_of


def check(service: Service) -> Iterator[Said]:
    """Yield each pool class of an async engine that is one of these, or derives from one."""
    engines = [one.engine for one in service.databases.connections if one.engine.is_async]
    yield from service.data_access.unseen("the pool of other connections")
    if not engines:
        yield NotApplicable("no async engine is made")
    for engine in engines:
        hits = list(_unfit(service, engine))
        yield from hits
        if not hits:
            yield Met(engine.location)


def _unfit(service: Service, engine: Engine) -> Iterator[Hit]:
    for place, symbol in pool_classes(engine, service.symbols):
        lineage = (symbol, *service.symbols.bases(symbol))
        if any(base.qualified in names_of("synchronous pool") for base in lineage):
            name = symbol.qualified.rpartition(".")[2]
            why = service.workers.why(engine.module, engine.call)
            severity = Severity.WARNING if why else None
            yield Hit(engine.module.location(place), {"pool": name}, why, severity)
