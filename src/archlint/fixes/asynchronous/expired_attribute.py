"""BA0607: sessions that keep what objects had before a commit."""

from __future__ import annotations

from archlint.facts.syntax import Call
from archlint.findings import Finding
from archlint.fixes.edits import Plan, SetArgument, span_of
from archlint.service.asynchronous.expiring import session_makers
from archlint.service.calls.edge import LibraryCall
from archlint.service.model import Service

WHY = "after a commit an object has what it had before, also where the database has changed it"


def plan(service: Service, finding: Finding) -> Plan | None:
    """`expire_on_commit=False` for all that make async sessions, which no relationship is helped by."""
    if "expire_on_commit" not in finding.help:
        return None
    places = [call.location for call in session_makers(service.calls) if _is_the_librarys(service, call)]
    edits = [(place.file, SetArgument(span_of(place), "expire_on_commit", "False")) for place in places]
    return Plan(tuple(edits), WHY) if edits else None


def _is_the_librarys(service: Service, call: LibraryCall) -> bool:
    """Whether it names SQLAlchemy's own class, and not what that has made."""
    node, module = call.node, call.caller.module
    scope = module.source.definitions.functions_around(node)
    symbol = service.symbols.resolve(module, node.func, scope) if isinstance(node, Call) else None
    return symbol is not None and symbol.qualified.startswith(("sqlalchemy.", "sqlmodel."))
