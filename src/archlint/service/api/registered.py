"""What a router keeps of one registration."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from archlint.service.interpreter.machine import Condition, Machine, Modelled
from archlint.service.interpreter.values import External, Origin, Unresolved, Value

_ROUTE_CLASSES = {"http": ("Route", "APIRoute"), "websocket": ("WebSocketRoute", "APIWebSocketRoute")}


@dataclass(eq=False)
class Route(Modelled):
    """One registered path operation or WebSocket endpoint.

    `path` is what its router gives it; the includes above add their prefixes. `includes` are the calls of
    `include_router` that brought a copy here, innermost last.
    """

    path: str
    endpoint: Value
    methods: tuple[str, ...]
    kind: str
    place: Origin
    tags: list[Value]
    options: Mapping[str, Value]
    deprecated: Value
    in_schema: Value
    conditions: tuple[Condition, ...]
    documented: bool = True
    """Whether it is FastAPI's own route, not a plain Starlette one that the schema leaves out."""

    includes: tuple[Origin, ...] = ()
    prefixes: tuple[str, ...] = ()
    """What each of the includes put before the path."""

    dependencies: tuple[Value, ...] = ()
    """Those of the routers that it was added to, outermost first, then its own."""

    defaults: tuple[Mapping[str, Value], ...] = ()
    """The arguments of routers and includes on the way to it, outermost first."""

    def attribute(self, machine: Machine, name: str) -> Value:
        """What code that walks over `app.routes` reads."""
        known = {
            "path": self.path,
            "path_format": self.path,
            "endpoint": self.endpoint,
            "methods": list(self.methods),
            "tags": self.tags,
            "include_in_schema": self.in_schema,
            "deprecated": self.deprecated,
            "name": self.options.get("name") or _name(self.endpoint),
            "operation_id": self.options.get("operation_id"),
            "__class__": External(f"fastapi.routing.{_ROUTE_CLASSES[self.kind][1]}"),
        }
        return known.get(name, self.options.get(name, Unresolved(f"attribute `{name}` of a route")))

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """What code that walks over `app.routes` changes."""
        match name:
            case "path" if isinstance(value, str):
                self.path = value
            case "tags" if isinstance(value, list):
                self.tags = value
            case "include_in_schema":
                self.in_schema = value
            case "deprecated":
                self.deprecated = value


def _name(endpoint: Value) -> Value:
    """The name of the function that serves a route."""
    while not hasattr(endpoint, "definition") and hasattr(endpoint, "function"):
        endpoint = endpoint.function
    return getattr(getattr(endpoint, "definition", None), "name", Unresolved("a route's name"))


@dataclass(frozen=True, slots=True, eq=False)
class Missed:
    """Something that serves endpoints and that the source does not tell."""

    what: str
    why: str
    place: Origin
