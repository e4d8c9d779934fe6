"""BA0206: the running service's engine has a pool that keeps no connections, or a single one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.database.engine_connections import Connection
from archlint.service.interpreter.values import External
from archlint.service.model import Service

_POOLS = frozenset({"NullPool", "StaticPool"})


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each engine whose pool is one of these in every case; an unknown where it is one in some."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    if options["pgbouncer"]:
        yield NotApplicable("the configuration says that PgBouncer pools the connections")
        return
    connections = service.databases.connections
    for connection in connections:
        pools = set(_pools(connection))
        if not pools & _POOLS:
            if pools or "poolclass" not in (connection.arguments or {"poolclass"}):
                yield Met(connection.location)
            continue
        others = [one for one in connections if one is not connection and _place(one) == _place(connection)]
        if pools <= _POOLS and _is_written(connection) and not others:
            yield Hit(connection.location, {"pool": min(pools)})
        else:
            yield Unknown("the engine's pool", connection.location, "it is disabled in some cases only")


def _pools(connection: Connection) -> Iterator[str]:
    for value in connection.values("poolclass"):
        name = value.name if isinstance(value, External) else ""
        yield name.rpartition(".")[2] if name.startswith(("sqlalchemy.", "sqlmodel.")) else ""


def _is_written(connection: Connection) -> bool:
    """Whether the call itself has the keyword; a dict of arguments may get it in some cases only."""
    return any(keyword.name == "poolclass" for keyword in connection.engine.call.keywords)


def _place(connection: Connection) -> object:
    return connection.engine.module, connection.engine.scope
