"""BA0206: the running service's engine has a pool that keeps no connections, or a single one."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archlint.facts.traversal import docstring
from archlint.findings import Hit, Met, NotApplicable, Said, Severity, Unknown
from archlint.service.database.engine_connections import Connection
from archlint.service.interpreter.values import External
from archlint.service.model import Service
from archlint.service.semantics.reasons import documented, excuse, reason

_POOLS = frozenset({"NullPool", "StaticPool"})
_REASONS = re.compile(
    r"(?i)serverless|lambda|cloud run|pooler|pgbouncer|pgcat|supavisor|supabase|\bneon\b|rds proxy|\bfork"
    r"|celery|worker process|event loops?"
)
"""Who pools instead, and what keeps no connections."""


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each engine whose pool is one of these in every case; an unknown where it is one in some."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    if options["pgbouncer"]:
        yield NotApplicable("the configuration says that PgBouncer pools the connections")
        return
    yield from service.data_access.unseen("the pool of other connections")
    connections = service.databases.connections
    for connection in connections:
        pools = set(_pools(connection))
        if not pools & _POOLS:
            if pools or "poolclass" not in (connection.arguments or {"poolclass"}):
                yield Met(connection.location)
            continue
        others = [one for one in connections if one is not connection and _place(one) == _place(connection)]
        if pools <= _POOLS and _is_written(connection) and not others:
            yield _hit(service, connection, min(pools))
        else:
            yield Unknown("the engine's pool", connection.location, "it is disabled in some cases only")


def _hit(service: Service, connection: Connection, pool: str) -> Hit:
    """A warning where only workers have it, or somebody says who pools instead or why none are kept."""
    said = _reason(service, connection)
    why = service.workers.why(connection.engine.module, connection.engine.call)
    severity = Severity.WARNING if said or why else None
    return Hit(connection.location, {"pool": pool, "reason": excuse(said)}, why, severity)


def _reason(service: Service, connection: Connection) -> str | None:
    """What is said at the call, or of the function or module that it stands in."""
    module, scope = connection.engine.module, connection.engine.scope
    comment = reason(service.repository, connection.location, _REASONS)
    texts = (*(docstring(one.body) for one in reversed(scope)), module.source.docstring)
    documentation = (documented(text, _REASONS) for text in texts)
    return comment or next(filter(None, documentation), None)


def _pools(connection: Connection) -> Iterator[str]:
    for value in connection.values("poolclass"):
        name = value.name if isinstance(value, External) else ""
        yield name.rpartition(".")[2] if name.startswith(("sqlalchemy.", "sqlmodel.")) else ""


def _is_written(connection: Connection) -> bool:
    """Whether the call itself has the keyword; a dict of arguments may get it in some cases only."""
    return any(keyword.name == "poolclass" for keyword in connection.engine.call.keywords)


def _place(connection: Connection) -> object:
    return connection.engine.module, connection.engine.scope
