"""BA0707: a connection pool whose size only a new release can change."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit
from archlint.service.database.engine_connections import is_aside
from archlint.service.database.engines import engines
from archlint.service.semantics.constants import Literals
from archlint.service.model import Service

_POOL = ("pool_size", "max_overflow", "pool_timeout", "pool_recycle")


def check(service: Service) -> Iterator[Hit]:
    """Yield each runtime engine with pool arguments that are numbers in the source."""
    literals = Literals(service.symbols)
    for module in service.modules.runtime:
        for engine in () if is_aside(module) else engines(module, service.symbols):
            fixed = [
                keyword
                for keyword in engine.keywords
                if keyword.name in _POOL and literals.is_number(module, keyword.value, engine.scope)
            ]
            if fixed:
                names = ", ".join(f"`{keyword.name}`" for keyword in fixed)
                verb = "is a literal" if len(fixed) == 1 else "are literals"
                yield Hit(module.location(fixed[0]), {"arguments": names, "verb": verb})
