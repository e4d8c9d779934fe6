"""BA0601: a synchronous SQLAlchemy session serves requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said
from archlint.service.calls.functions import Function
from archlint.service.model import Service

CLAUSES = ("BA06.1.1", "BA01.2.3")
ALSO = {"file": ("BA01.2.2", "BA06.2.3")}
"""What calls of other kinds break, to which the same place leads and of which no other rule speaks."""


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each call that queries by such a session on the event loop, and where requests open one."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
        return
    yield from service.data_access.unseen("queries past SQLAlchemy's sessions", CLAUSES)
    blocking: set[Function] = set()
    engine = service.databases.sync_engine
    for found in service.event_loop.blocked("session", options):
        blocking.add(found.function)
        does = f"blocks the event loop{found.fields['through']}: {found.fields['calls']}"
        name = found.function.short_name
        fields = {"function": name, "does": does, "session": f"{name} {found.fields['call']}"}
        clauses = (*CLAUSES, *(c for kind in service.event_loop.kinds_at(found) for c in ALSO.get(kind, ())))
        yield Hit(found.location, fields, found.chain, found.severity, clauses, engine)
    opened = [call for call in service.event_loop.opened_sessions if call.caller not in blocking]
    blocking.update(call.caller for call in opened)
    for call in {call.caller: call for call in reversed(opened)}.values():
        name, module = call.caller.short_name, call.caller.module
        does = "opens a synchronous session for requests"
        fields = {"function": name, "does": does, "session": f"{name} opens"}
        within = Link(Location(module.path), f"`{module.name}` opens synchronous sessions")
        yield Hit(call.location, fields, clauses=CLAUSES, cause=engine, within=within)
    yield from (Met(one.location) for one in service.event_loop.querying if one not in blocking)
