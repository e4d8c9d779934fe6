"""BA0202: a URL of the running service names another database, or another driver than asyncpg."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Severity, Unknown
from archlint.service.database.engine_connections import (
    DRIVER,
    Connection,
    DatabaseTarget,
    schemes_in,
)
from archlint.service.database.url_variables import assigned_urls
from archlint.service.model import Service

CLAUSES = ("BA02.1.1",)
SYNCHRONOUS = (*CLAUSES, "BA02.1.2", "BA06.1.1")
"""What a synchronous engine of another database breaks: BA0204 says nothing of it beside this rule."""


def check(service: Service) -> Iterator[Said]:
    """Yield each default, engine or variable that names another one, once."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    said: dict[object, Hit | Unknown | Met] = {}
    names_postgresql = any(one.names_postgresql for one in service.databases.connections)
    for connection in service.databases.connections:
        if names_postgresql and connection.is_warehouse:
            continue
        for found in _judge(service, connection):
            is_sync_engines = connection.is_synchronous_postgresql and found.location == connection.location
            if not (is_sync_engines and isinstance(found, Hit)):  # else BA0204 speaks of the call
                said.setdefault(found.location, found)
    yield from said.values()
    yield from service.data_access.unseen("a database past SQLAlchemy", CLAUSES)


def _judge(service: Service, connection: Connection) -> Iterator[Hit | Unknown | Met]:
    schemes = {target.scheme for target in connection.targets}
    written = list(_written(service, connection))
    yield from (hit for good, hit in written if not good)
    if schemes == {DRIVER} or (written and schemes <= {DRIVER, None}):
        if all(good for good, _ in written):
            yield Met(connection.location)
        return
    if not schemes or None in schemes or DRIVER in schemes:
        why = (
            "the URL comes from where archlint cannot see, or may name PostgreSQL with asyncpg "
            "or something else"
        )
        yield Unknown("the engine's database", connection.location, why, clauses=CLAUSES)
        return
    for target in connection.targets:
        yield _named(service, connection, target)


def _named(service: Service, connection: Connection, target: DatabaseTarget) -> Hit | Unknown:
    """The setting whose default names the database, else the engine."""
    setting = service.databases.setting(target.source)
    clauses = SYNCHRONOUS if connection.names_others and not connection.engine.is_async else CLAUSES
    severity = Severity.WARNING if connection.is_off else None
    if setting is None or target.scheme not in schemes_in(setting.default):
        fields = {"where": "The engine's URL", "scheme": target.scheme or ""}
        return Hit(connection.location, fields, severity=severity, clauses=clauses)
    if service.databases.is_validated(setting):
        why = f"`{setting.name}` is changed by a validator"
        return Unknown("the engine's database", connection.location, why, clauses=clauses)
    fields = {"where": f"The default of `{setting.name}`", "scheme": target.scheme or ""}
    return Hit(setting.location, fields, clauses=clauses)


def _written(service: Service, connection: Connection) -> Iterator[tuple[bool, Hit]]:
    """What compose files and examples give to the variables of the URL, and whether it is right."""
    variables = service.databases.variables(connection.engine)
    for named, one in assigned_urls(service.deployment, variables):
        fields = {"where": f"`{one.name}`", "scheme": named}
        yield named == DRIVER, Hit(one.location, fields, clauses=CLAUSES)
