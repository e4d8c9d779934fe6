"""What a call says by itself of the request that it may make: its verb, its method and its client."""

from __future__ import annotations

import re

from msgspec import Struct

from archlint.facts.syntax import (
    Attribute,
    Call,
    Constant,
    Expression,
    FString,
    Name,
    Operator,
)
from archlint.findings import Location
from archlint.service.semantics.modules import Module
from archlint.service.semantics.symbols import Scope

METHODS = {name.lower(): name for name in ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")}

BROWSED = "goto"
"""By which Playwright's page opens a URL."""

_ELSEWHERE = re.compile(
    r"https?://([\w-]+\.)+(?!(internal|lan|local|localhost|test)\b)[a-z]{2,}(?=[/:?#]|$)", re.I
)
"""A URL of a public host (RFC 6761 has the names that are none)."""

GENERAL = frozenset({"build_request", "request", "stream"})

SOCKETS = frozenset({"websocket_connect"})

_BY_NAME = "getattr"

VERBS = frozenset({*METHODS, *GENERAL, *SOCKETS, BROWSED, _BY_NAME})

POSITIONAL = {"delete": 1, "get": 1, "head": 1, _BY_NAME: 4}
"""How many arguments a request of the kind has by position; a `get` with a default asks no server."""


class RequestWay(Struct, frozen=True):
    """What one request can be: its methods, none for a WebSocket, and the texts of its path."""

    methods: frozenset[str]
    paths: tuple[str, ...]


class ClientRequest(Struct, eq=False, frozen=True):
    """A call of a client; in a helper that gets the path there is a way for each of the helper's calls."""

    module: Module
    call: Call
    scope: Scope
    socket: bool
    ways: tuple[RequestWay, ...]

    @property
    def location(self) -> Location:
        """The call."""
        return self.module.location(self.call)


def verb_of(call: Call) -> str:
    """The last name of what is called; `getattr(client, method)(…)` may be any method."""
    match call.func:
        case Attribute(attr=name) | Name(id=name):
            return name
        case Call(func=Name(id="getattr"), args=(_, _)):
            return _BY_NAME
    return ""


def receiver_of(call: Call) -> Expression | None:
    """What the method is called on."""
    match call.func:
        case Attribute(value=value):
            return value
        case Call(args=(value, _)):
            return value
    return None


def method_of(call: Call, verb: str) -> Expression | str | None:
    """The method as the call's name says it, or the expression that does; None for a WebSocket."""
    if verb == _BY_NAME and isinstance(call.func, Call):
        return call.func.args[1]
    if verb == BROWSED:
        return "GET"
    return argument(call, 0, "method") if verb in GENERAL else METHODS.get(verb)


def argument(call: Call, position: int, *names: str) -> Expression | None:
    """The argument by keyword or position."""
    named = next((keyword.value for keyword in call.keywords if keyword.name in names), None)
    return named or (call.args[position] if position < len(call.args) else None)


def is_elsewhere(path: Expression) -> bool:
    """Whether a URL is written with another host than the service's; one that a name has may be its own."""
    first = path.parts[0] if isinstance(path, FString | Operator) and path.parts else path
    return isinstance(first, Constant) and _ELSEWHERE.match(str(first.value)) is not None
