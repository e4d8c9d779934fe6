"""BA0207: the running service's engine has the library's default pool."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.database.engine_connections import Connection
from archlint.service.database.passing_engines import is_passing
from archlint.service.model import Service

_TUNING = frozenset({"max_overflow", "pool", "pool_pre_ping", "pool_recycle", "pool_size", "poolclass"})


def check(service: Service) -> Iterator[Said]:
    """Yield each engine without any argument for its pool; whoever chooses the pool itself has thought of it.

    Of several engines that one function makes, one for each case, it is enough that one has a pool set.
    """
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    connections = service.databases.connections
    tuned = {_place(c) for c in connections if c.engine.scope and _given(c) & _TUNING}
    for connection in connections:
        if _given(connection) & _TUNING or _place(connection) in tuned:
            yield Met(connection.location)
        elif connection.names_others or not connection.engine.is_async:
            continue  # BA0202 or BA0204 speaks of the call
        elif is_passing(connection.engine):
            continue  # it is gone before anybody could wait for a connection of its pool
        elif any(keyword.name is None for keyword in connection.engine.call.keywords):
            yield Unknown("the engine's pool", connection.location, "some of its arguments are computed")
        else:
            yield Hit(connection.location, {"function": connection.engine.function})


def _given(connection: Connection) -> frozenset[str]:
    return connection.arguments or frozenset(keyword.name or "" for keyword in connection.engine.keywords)


def _place(connection: Connection) -> object:
    return connection.engine.module, connection.engine.scope
