"""BA0207: the running service's engine has the library's default pool."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.model import Service

_TUNING = frozenset({"max_overflow", "pool", "pool_pre_ping", "pool_recycle", "pool_size", "poolclass"})


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each engine without any argument for its pool; whoever chooses the pool itself has thought of it."""
    for connection in service.databases.connections:
        arguments = connection.arguments
        schemes = {target.scheme or "" for target in connection.targets}
        if arguments is None:
            yield Unknown("the engine's pool", connection.location, "its arguments are computed")
        elif not arguments & _TUNING and not all(scheme.startswith("sqlite") for scheme in schemes or {""}):
            yield Hit(connection.location, {"function": connection.engine.function})
