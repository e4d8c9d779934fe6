"""BA0206: the running service's engine has a pool that keeps no connections, or a single one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit
from archlint.service.databases import Connection
from archlint.service.evaluation.values import External
from archlint.service.model import Service

_POOLS = frozenset({"NullPool", "StaticPool"})


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit]:
    """Yield each engine whose pool is one of these in every case that archlint followed."""
    for connection in service.databases.connections if not options["pgbouncer"] else ():
        pools = set(_pools(connection))
        if pools and pools <= _POOLS:
            yield Hit(connection.location, {"pool": sorted(pools)[0]})


def _pools(connection: Connection) -> Iterator[str]:
    for value in connection.values("poolclass"):
        name = value.name if isinstance(value, External) else ""
        yield name.rpartition(".")[2] if name.startswith(("sqlalchemy.", "sqlmodel.")) else ""
