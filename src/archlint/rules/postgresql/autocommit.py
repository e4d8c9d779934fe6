"""BA0208: statements that commit one by one, for the engine or a session has no transactions."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call, Constant, Dict, Node
from archlint.facts.traversal import all_nodes
from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.readings import summary
from archlint.service.calls.edge import LibraryCall
from archlint.service.model import Service
from archlint.service.semantics.library_names import names_of, objects_of

_OUTSIDE = re.compile(
    r"\b((create|drop|alter)\s+(database|tablespace|system|subscription)|vacuum|concurrently|refresh\s|listen\b"
    r"|notify\b|alter\s+type|pg_cancel|pg_terminate|reindex|create\s+extension)",
    re.IGNORECASE,
)
"""Statements that PostgreSQL refuses in a transaction, or that are for administrators."""


def check(service: Service) -> Iterator[Said]:
    """Yield each engine and session without transactions; an unknown for a connection that may only read."""
    if not service.databases.libraries:
        yield NotApplicable("its runtime imports no library of a relational database")
    yield from service.data_access.unseen("the transactions of other connections")
    found = list(_without_transactions(service))
    yield from found
    for connection in service.databases.connections if not found else ():
        if connection.keeps_transactions:
            yield Met(connection.location)


def _without_transactions(service: Service) -> Iterator[Hit | Unknown]:
    for module in service.modules.runtime:
        if _speaks_of_it(module.source):
            for function in (service.calls.program.modules[module], *service.calls.program.in_module(module)):
                for call in service.calls.library_calls(function):
                    if not call.main and _is_off(call.node):
                        yield from _judge(call)


@summary
def _speaks_of_it(source: PythonSource) -> bool:
    """Whether a file turns transactions off, and not for a statement that asks for it."""
    texts = [c.value for c in source.nodes.of(Constant) if isinstance(c.value, str)]
    return "AUTOCOMMIT" in texts and not any(_OUTSIDE.search(text) for text in texts)


def _is_off(node: Node) -> bool:
    for part in all_nodes(node, (Call,)):
        match part:
            case Call(keywords=keywords):
                named = [(keyword.name, keyword.value) for keyword in keywords]
            case Dict(items=items):
                named = [(getattr(key, "value", None), value) for key, value in items]
            case _:
                continue
        for name, value in named:
            if name == "isolation_level" and isinstance(value, Constant) and value.value == "AUTOCOMMIT":
                return True
    return False


def _judge(call: LibraryCall) -> Iterator[Hit | Unknown]:
    owner, _, name = call.path.rpartition(".")
    if call.path in names_of("engine maker"):
        yield Hit(call.location, {"what": "The engine"})
    elif name == "connection" and owner in objects_of("session", "async session"):
        yield Hit(call.location, {"what": "The session's connection"})
    elif name == "execution_options" and owner in objects_of("engine", "connection"):
        yield Unknown("a connection without transactions", call.location, "whether it writes is not known")
