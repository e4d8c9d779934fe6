"""What apps and routers keep: routes, includes, mounts, and how the service's own subclasses change them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from archlint.service.api.lifespans import lifespan_context
from archlint.service.interpreter.attributes import bind_member, replace_items
from archlint.service.interpreter.machine import Condition, Machine, Modelled
from archlint.service.interpreter.values import (
    Bound,
    ClassObject,
    External,
    Native,
    Origin,
    Unresolved,
    Value,
    settled,
)

ROUTER = "fastapi.APIRouter"


UNGIVEN = External("fastapi.datastructures.Default")
"""What FastAPI hands on for an argument that nobody gave, where None would mean something."""

ROUTE_CLASSES = {
    ("http", True): "fastapi.routing.APIRoute",
    ("http", False): "starlette.routing.Route",
    ("websocket", True): "fastapi.routing.APIWebSocketRoute",
    ("websocket", False): "starlette.routing.WebSocketRoute",
}


@dataclass(eq=False, repr=False)
class LibraryObject(Modelled):
    """An object of a library's class; `cls` is the subclass of the service that made it, if one did.

    Its methods are the library's models under the qualified name of its class.
    """

    class_name: str
    place: Origin
    cls: ClassObject | None = None
    attributes: dict[str, Value] = field(default_factory=dict)

    def attribute(self, machine: Machine, name: str) -> Value:
        """What was assigned, what a subclass in the repository defines, a method, or the object's state."""
        if name in self.attributes:
            return self.attributes[name]
        if self.cls is not None and not name.startswith("super."):
            found = bind_member(machine, self, self.cls, name)
            if found is not None:
                return found
        name = name.removeprefix("super.")
        method = machine.semantics.library.get(f"{self.class_name}.{name}")
        if method is not None:
            return Bound(Native(name, method), self)
        return (self.cls or External(self.class_name)) if name == "__class__" else self.state(name)

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Assign an attribute."""
        self.attributes[name] = value

    def state(self, name: str) -> Value:
        """What the library's own class says of the object."""
        return Unresolved(f"attribute `{name}` of a `{self.class_name}`")


@dataclass(eq=False, repr=False)
class Route(LibraryObject):
    """One registered path operation or WebSocket endpoint.

    `path` is what its router gives it, None before it is initialised; the includes above add their prefixes.
    `options` are the arguments that it was made with, as far as they were given. `includes` are the calls of
    `include_router` that brought a copy here, innermost last.
    """

    kind: str = "http"
    documented: bool = True
    """Whether it is FastAPI's own route, not a plain Starlette one that the schema leaves out."""

    path: str | None = None
    endpoint: Value = None
    methods: tuple[str, ...] = ()
    tags: list[Value] = field(default_factory=list)
    options: dict[str, Value] = field(default_factory=dict)
    deprecated: Value = None
    in_schema: Value = True
    conditions: tuple[Condition, ...] = ()
    includes: tuple[Origin, ...] = ()
    prefixes: tuple[str, ...] = ()
    """What each of the includes put before the path."""

    dependencies: tuple[Value, ...] = ()
    """Those of the routers that it was added to, outermost first, then its own."""

    defaults: tuple[Mapping[str, Value], ...] = ()
    """The arguments of routers and includes on the way to it, outermost first."""

    @property
    def extra(self) -> Mapping[Value, Value]:
        """What `openapi_extra` adds to the operation in the documentation."""
        extra = settled(self.options.get("openapi_extra"))
        return extra if isinstance(extra, dict) else {}

    def state(self, name: str) -> Value:
        """What code that walks over `app.routes` reads."""
        match name:
            case "path" | "path_format":
                return self.path
            case "endpoint":
                return self.endpoint
            case "methods":
                return list(self.methods)
            case "tags":
                return self.tags
            case "include_in_schema":
                return self.in_schema
            case "deprecated":
                return self.deprecated
            case "dependencies":
                return list(self.dependencies)
            case "name":
                return self.options.get("name") or _name(self.endpoint)
            case "operation_id":
                return self.options.get("operation_id")
        return self.options.get(name, super().state(name))

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """What code that walks over `app.routes`, or a route class of the service's own, changes."""
        match name:
            case "path" if isinstance(value, str):
                self.path = value
            case "tags" if isinstance(value, list):
                self.tags = value
            case "include_in_schema":
                self.in_schema = value
            case "deprecated":
                self.deprecated = value
            case "endpoint":
                self.endpoint = value
            case "methods" if isinstance(value, list | tuple):
                self.methods = tuple(item for item in value if isinstance(item, str))
            case "summary" | "description" | "response_model" | "response_class" | "status_code" | "name":
                self.options[name] = value
            case _:
                self.attributes[name] = value


def _name(endpoint: Value) -> Value:
    """The name of the function that serves a route."""
    while getattr(endpoint, "wraps", None) is not None or not hasattr(endpoint, "definition"):
        endpoint = getattr(endpoint, "wraps", None) or getattr(endpoint, "function", None)
        if endpoint is None:
            break
    return getattr(getattr(endpoint, "definition", None), "name", Unresolved("a route's name"))


@dataclass(frozen=True, slots=True, eq=False)
class Missed:
    """Something that serves endpoints and that the source does not tell."""

    what: str
    why: str
    place: Origin


@dataclass(eq=False, repr=False)
class Router(LibraryObject):
    """An app (`is_app`), a router of FastAPI's or one of Starlette's."""

    is_app: bool = False
    keywords: Mapping[str, Value] = field(default_factory=dict)
    prefix: Value = ""
    tags: list[Value] = field(default_factory=list)
    deprecated: Value = None
    in_schema: Value = True
    routes: list[Value] = field(default_factory=list)
    """`Route`, `Include` and `Mount`, in the order of registration."""

    startup: list[Value] = field(default_factory=list)
    """Handlers of the start-up event. A router with a lifespan of its own does not run them."""

    lifespans: list[Value] = field(default_factory=list)
    """What runs before the first request: its lifespan, or the list of its handlers, then those of the
    routers that it includes."""

    missed: list[Missed] = field(default_factory=list)

    def state(self, name: str) -> Value:
        """The parts of an app or router that code reads and changes."""
        match name:
            case "router":
                return self
            case "routes" | "prefix" | "tags" | "deprecated":
                return getattr(self, name)
            case "include_in_schema":
                return self.in_schema
            case "on_startup":
                return self.startup
            case "lifespan_context":
                return lifespan_context(self.place, self.lifespans)
            case "dependency_overrides" if self.is_app:
                return self.attributes.setdefault("dependency_overrides", {})
            case "webhooks" if self.is_app:
                return self.attributes.setdefault("webhooks", Router("fastapi.APIRouter", self.place))
            case "dependencies":
                value = settled(self.keywords.get("dependencies"))
                return value if isinstance(value, list) else []
        return self.keywords.get(name, super().state(name))

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Assign an attribute; `routes`, `prefix` and `tags` change what is served."""
        match name, value:
            case "routes", list():
                replace_items(machine, self.routes, value, self.place)
            case "prefix", _:
                self.prefix = value
            case "include_in_schema", _:
                self.in_schema = value
            case "deprecated", _:
                self.deprecated = value
            case "tags", list():
                self.tags = value
            case "lifespan_context", _:
                self.lifespans = [*(self.lifespans if machine.conditions else ()), value]
            case _:
                self.attributes[name] = value

    def option(self, name: str) -> Value:
        """What it was told under that name: assigned, or given when it was made."""
        return self.attributes.get(name, self.keywords.get(name))

    def miss(self, what: str, why: str, place: Origin) -> None:
        """Keep that something which serves endpoints could not be resolved."""
        self.missed.append(Missed(what, why, place))


@dataclass(frozen=True, eq=False, repr=False)
class Include:
    """`include_router` as FastAPI 0.137 and later keep it: resolved when a request comes."""

    router: Router
    prefix: str
    tags: tuple[Value, ...]
    deprecated: Value
    in_schema: Value
    place: Origin
    conditions: tuple[Condition, ...]
    dependencies: tuple[Value, ...] = ()
    defaults: tuple[Mapping[str, Value], ...] = ()
    """The arguments of the including router and of the call, which routes below may leave out."""


@dataclass(eq=False, repr=False)
class Mount(LibraryObject):
    """`Mount(path, app)` or `Host(host, app)`, `app` being an app or router that archlint knows."""

    path: str = ""
    app: Router = field(kw_only=True)
    host: str | None = None
    conditions: tuple[Condition, ...] = ()

    def state(self, name: str) -> Value:
        """What code that walks over `app.routes` reads."""
        match name:
            case "path":
                return self.path
            case "app":
                return self.app
            case "routes":
                return self.app.routes
        return super().state(name)
