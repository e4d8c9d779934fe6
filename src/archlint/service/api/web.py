"""FastAPI's apps, routers and routes: what registering, including and mounting does to them.

Follows `fastapi/routing.py`: tags of the including router come first and are kept doubled, `deprecated` is
or-ed, `include_in_schema` and-ed. Before FastAPI 0.137 an include copies the routes that are there; since
then a route added later is served, too.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from archlint.service.api.registered import Missed, Route
from archlint.service.interpreter.attributes import attribute, bind_member
from archlint.service.interpreter.machine import Condition, LibraryCall, Machine, Modelled
from archlint.service.interpreter.values import (
    Arguments,
    ClassObject,
    External,
    ExternalObject,
    ModuleObject,
    Native,
    Origin,
    Unresolved,
    Value,
    options,
    settled,
    text,
)

METHODS = ("get", "post", "put", "patch", "delete", "options", "head", "trace")
_APPS = ("fastapi.FastAPI", "fastapi_offline.FastAPIOffline")
_STARLETTE = "starlette.applications.Starlette"
_ROUTERS = (
    "fastapi.APIRouter",
    "fastapi_utils.inferring_router.InferringRouter",
    "fastapi_restful.inferring_router.InferringRouter",
)


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


@dataclass(frozen=True, eq=False, repr=False)
class Mount:
    """`app.mount(path, other)`, `other` being an app or router that archlint knows."""

    path: str
    app: Router
    place: Origin
    conditions: tuple[Condition, ...]


@dataclass(eq=False, repr=False)
class Router(Modelled):
    """An app (`is_app`) or a router."""

    is_app: bool
    cls: ClassObject | None
    place: Origin
    keywords: Mapping[str, Value] = field(default_factory=dict)
    prefix: Value = ""
    tags: list[Value] = field(default_factory=list)
    deprecated: Value = None
    in_schema: Value = True
    routes: list[Value] = field(default_factory=list)
    """`Route`, `Include` and `Mount`, in the order of registration."""

    startup: list[Value] = field(default_factory=list)
    """Functions that run before the first request."""

    missed: list[Missed] = field(default_factory=list)
    attributes: dict[str, Value] = field(default_factory=dict)

    def attribute(self, machine: Machine, name: str) -> Value:
        """A method that registers, an attribute, or what a subclass in the repository defines."""
        if name in self.attributes:
            return self.attributes[name]
        if self.cls is not None and not name.startswith("super."):
            found = bind_member(machine, self, self.cls, name)
            if found is not None:
                return found
        name = name.removeprefix("super.")
        method = _METHODS.get(name)
        if method is not None:
            return Native(name, lambda machine, arguments: method(machine, self, arguments))
        if name in METHODS:
            return Native(name, lambda machine, arguments: _operation(machine, self, name, arguments))
        return self._plain(name)

    def _plain(self, name: str) -> Value:
        match name:
            case "router":
                return self
            case "routes":
                return self.routes
            case "prefix":
                return self.prefix
            case "tags":
                return self.tags
            case "__class__":
                return self.cls or External(_APPS[0] if self.is_app else _ROUTERS[0])
        return self.keywords.get(name, Unresolved(f"`.{name}` of an app or router"))

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Assign an attribute; `routes`, `prefix` and `tags` change what is served."""
        match name, value:
            case "routes", list():
                self.routes[:] = value
            case "prefix", _:
                self.prefix = value
            case "tags", list():
                self.tags = value
            case _:
                self.attributes[name] = value


def library() -> dict[str, LibraryCall]:
    """The models of FastAPI's names, for `Semantics.library`."""
    models: dict[str, LibraryCall] = {}
    models["fastapi_versioning.VersionedFastAPI"] = _rearranged
    for names, is_app in (((*_APPS, _STARLETTE), True), (_ROUTERS, False)):
        for name in names:
            models[name] = _constructor(is_app)
            models[f"{name}.__subclass__"] = _subclass_constructor(is_app)
    return models


def _constructor(is_app: bool) -> LibraryCall:
    def construct(machine: Machine, arguments: Arguments) -> Value:
        router = Router(is_app, None, arguments.place)
        machine.created.append(router)
        _initialise(machine, router, arguments)
        return router

    return construct


def _rearranged(machine: Machine, arguments: Arguments) -> Value:
    """A library that serves an app's routes under paths of its own: these are not what is served."""
    app = arguments.get(0, "app")
    if isinstance(app, Router):
        _miss(app, "an app's endpoints", "a library rearranges them by version", arguments.place)
        app.routes.clear()
    return app


def _subclass_constructor(is_app: bool) -> LibraryCall:
    def construct(machine: Machine, arguments: Arguments) -> Value:
        cls = arguments.args[0]
        router = Router(is_app, cls, arguments.place)
        machine.created.append(router)
        rest = Arguments(arguments.args[1:], arguments.keywords, arguments.place, arguments.complete)
        machine.call(attribute(machine, router, "__init__"), rest)
        return router

    return construct


def _initialise(machine: Machine, router: Router, arguments: Arguments) -> Value:
    keywords = dict(arguments.keywords)
    router.keywords = keywords
    if not router.is_app:
        router.prefix = arguments.get(0, "prefix", "")
    tags = settled(keywords.get("tags"))
    router.tags = list(tags) if isinstance(tags, list | tuple) else []
    router.deprecated = keywords.get("deprecated")
    router.in_schema = keywords.get("include_in_schema", True)
    if isinstance(keywords.get("routes"), list):
        for item in keywords["routes"]:
            _add_starlette(machine, router, item)
    router.startup.extend(_listed(keywords.get("on_startup")))
    router.startup.extend(_listed(keywords.get("lifespan")))
    return None


def _listed(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else [] if value is None else [value]


def _add_starlette(machine: Machine, router: Router, item: Value) -> None:
    """An item of `routes=[…]`: `Route`, `APIRoute`, `Mount` or one made elsewhere."""
    if isinstance(item, Route | Include | Mount):
        router.routes.append(item)
        return
    if not isinstance(item, ExternalObject):
        return
    arguments = Arguments(tuple(item.args), item.keywords, router.place)
    match item.name.rpartition(".")[2]:
        case "Mount":
            _mount(machine, router, arguments)
        case "Route":
            _add_route(machine, router, arguments)
        case "APIRoute":
            _add_api_route(machine, router, arguments)


def _operation(machine: Machine, router: Router, method: str, arguments: Arguments) -> Value:
    keywords = {**arguments.keywords, "methods": [method.upper()]}
    inner = Arguments(arguments.args, keywords, arguments.place, arguments.complete)
    return machine.call(attribute(machine, router, "api_route"), inner)


def _api_route(machine: Machine, router: Router, arguments: Arguments) -> Value:
    return _decorator(machine, router, "add_api_route", arguments)


def _websocket(machine: Machine, router: Router, arguments: Arguments) -> Value:
    return _decorator(machine, router, "add_api_websocket_route", arguments)


def _starlette_route(machine: Machine, router: Router, arguments: Arguments) -> Value:
    return _decorator(machine, router, "add_route", arguments)


def _decorator(machine: Machine, router: Router, adder: str, arguments: Arguments) -> Value:
    """`@router.get(path, …)`: a function that registers its argument and gives it back."""
    keywords = dict(arguments.keywords)
    path = keywords.pop("path") if "path" in keywords else arguments.get(0, "path")
    rest = arguments.args[1:] if arguments.args else ()

    def register(machine: Machine, applied: Arguments) -> Value:
        endpoint = applied.get(0, "func")
        inner = Arguments((path, endpoint, *rest), keywords, arguments.place, arguments.complete)
        machine.call(attribute(machine, router, adder), inner)
        return endpoint

    return Native("decorator", register)


def _add_api_route(machine: Machine, router: Router, arguments: Arguments) -> Value:
    return _register(machine, router, arguments, "http")


def _add_websocket(machine: Machine, router: Router, arguments: Arguments) -> Value:
    return _register(machine, router, arguments, "websocket")


def _add_route(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """Starlette's own `add_route`: no schema, no tags; GET unless said otherwise."""
    before = len(router.routes)
    result = _register(machine, router, arguments, "http")
    for route in router.routes[before:]:
        route.documented = False
    return result


def _register(machine: Machine, router: Router, arguments: Arguments, kind: str) -> Value:
    endpoint = arguments.get(1, "endpoint")
    if isinstance(endpoint, Unresolved | External | ExternalObject) or endpoint is None:
        _miss(router, "an endpoint", _why(endpoint, "its handler is not in the repository"), arguments.place)
        return None
    for path in _joined(router.prefix, arguments.get(0, "path")):
        if isinstance(path, Unresolved):
            _miss(router, "an endpoint's path", path.why, arguments.place)
        else:
            router.routes.append(_route(machine, router, arguments, kind, path))
    return None


def _joined(prefix: Value, path: Value) -> list[str | Unresolved]:
    found: list[str | Unresolved] = []
    for first in options(prefix):
        for second in options(path):
            texts = (text(first), text(second))
            unknown = next((v for v in (first, second) if isinstance(v, Unresolved)), None)
            if None in texts:
                found.append(unknown or Unresolved("it is not a text that the source tells"))
            else:
                found.append(f"{texts[0]}{texts[1]}")
    return found


def _route(machine: Machine, router: Router, arguments: Arguments, kind: str, path: str) -> Route:
    keywords = arguments.keywords
    if "default_response_class" in router.keywords:
        keywords = {"response_class": router.keywords["default_response_class"], **keywords}
    tags = settled(keywords.get("tags"))
    return Route(
        path=path,
        endpoint=arguments.get(1, "endpoint"),
        methods=_methods(keywords.get("methods")) if kind == "http" else (),
        kind=kind,
        place=arguments.place,
        tags=[*router.tags, *(tags if isinstance(tags, list | tuple) else ())],
        options=keywords,
        deprecated=settled(keywords.get("deprecated")) or router.deprecated,
        in_schema=_both(keywords.get("include_in_schema", True), router.in_schema),
        conditions=tuple(machine.conditions),
        dependencies=_dependencies(router.keywords, keywords),
        defaults=(router.keywords,),
    )


def _dependencies(*keywords: Mapping[str, Value]) -> tuple[Value, ...]:
    found = (settled(one.get("dependencies")) for one in keywords)
    return tuple(item for items in found if isinstance(items, list | tuple) for item in items)


def _methods(value: Value) -> tuple[str, ...]:
    value = settled(value)
    names = [_method_name(item) for item in value] if isinstance(value, list | tuple | set) else ["GET"]
    return tuple(name.upper() for name in names if name)


def _method_name(value: Value) -> str:
    """A method's name, `http.HTTPMethod.GET` included."""
    return value.name.rpartition(".")[2] if isinstance(value, External) else text(value) or ""


def _both(first: Value, second: Value) -> Value:
    return settled(first) is not False and settled(second) is not False


def _include_router(machine: Machine, router: Router, arguments: Arguments) -> Value:
    for child in options(arguments.get(0, "router")):
        if isinstance(child, Router):
            for prefix in _joined("", arguments.keywords.get("prefix", "")):
                _include(machine, router, child, prefix, arguments)
        elif not isinstance(child, ModuleObject):
            _miss(router, "an included router", _why(child, "archlint cannot tell which"), arguments.place)
    return None


def _include(
    machine: Machine, router: Router, child: Router, prefix: str | Unresolved, arguments: Arguments
) -> None:
    if isinstance(prefix, Unresolved):
        _miss(router, "an included router's prefix", prefix.why, arguments.place)
        return
    tags = settled(arguments.keywords.get("tags"))
    include = Include(
        router=child,
        prefix=prefix,
        tags=tuple(tags) if isinstance(tags, list | tuple) else (),
        deprecated=settled(arguments.keywords.get("deprecated")),
        in_schema=arguments.keywords.get("include_in_schema", True),
        place=arguments.place,
        conditions=tuple(machine.conditions),
        dependencies=_dependencies(arguments.keywords),
        defaults=(router.keywords, arguments.keywords),
    )
    router.startup.extend(child.startup)
    if not machine.lazy_includes:
        _copy(machine, router, include)
        return
    own = [path for path in _joined(router.prefix, prefix) if isinstance(path, str)]
    for path in own:
        router.routes.append(
            Include(
                child,
                path,
                (*router.tags, *include.tags),
                include.deprecated or router.deprecated,
                _both(include.in_schema, router.in_schema),
                include.place,
                include.conditions,
                (*_dependencies(router.keywords), *include.dependencies),
                include.defaults,
            )
        )


def _copy(machine: Machine, router: Router, include: Include) -> None:
    """The eager include: each route is added anew, by an overridden `add_api_route` where there is one."""
    router.missed.extend(m for m in include.router.missed if m not in router.missed)
    for route in list(include.router.routes):
        if not isinstance(route, Route):
            continue
        before = len(router.routes)
        adder = {"websocket": "add_api_websocket_route"}.get(route.kind, "add_api_route")
        adder = adder if route.documented else "add_route"
        keywords = {
            **route.options,
            "tags": [*include.tags, *route.tags],
            "deprecated": settled(route.deprecated) or include.deprecated,
            "include_in_schema": _both(route.in_schema, include.in_schema),
            "methods": list(route.methods),
            "dependencies": [*include.dependencies, *route.dependencies],
        }
        path = f"{include.prefix}{route.path}"
        inner = Arguments((path, route.endpoint), keywords, route.place)
        machine.call(attribute(machine, router, adder), inner)
        for added in router.routes[before:]:
            added.includes = (include.place, *route.includes)
            added.prefixes = (f"{text(router.prefix) or ''}{include.prefix}", *route.prefixes)
            added.conditions = (*include.conditions, *route.conditions)
            added.defaults = (*include.defaults, *route.defaults)


def _mount(machine: Machine, router: Router, arguments: Arguments) -> Value:
    for app in options(arguments.get(1, "app")):
        if not isinstance(app, Router):
            continue
        for path in _joined(router.prefix, arguments.get(0, "path")):
            if isinstance(path, str):
                mount = Mount(path.rstrip("/"), app, arguments.place, tuple(machine.conditions))
                router.routes.append(mount)
            else:
                _miss(router, "a mounted app's path", path.why, arguments.place)
    return None


def _miss(router: Router, what: str, why: str, place: Origin) -> None:
    router.missed.append(Missed(what, why, place))


def _why(value: Value, otherwise: str) -> str:
    match value:
        case Unresolved():
            return value.why
        case External() | ExternalObject():
            return f"it comes from a library (`{value.name}`)"
    return otherwise


def _on_event(machine: Machine, router: Router, arguments: Arguments) -> Value:
    if text(arguments.get(0, "event_type")) == "startup":
        return Native("on_event", lambda machine, applied: _started(router, applied.get(0, "func")))
    return Native("on_event", lambda machine, applied: applied.get(0, "func"))


def _add_event_handler(machine: Machine, router: Router, arguments: Arguments) -> Value:
    if text(arguments.get(0, "event_type")) == "startup":
        _started(router, arguments.get(1, "func"))
    return None


def _started(router: Router, function: Value) -> Value:
    router.startup.append(function)
    return function


def _keep(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """`@app.middleware("http")`, `@app.exception_handler(…)`: decorators that register no endpoint."""
    return Native("decorator", lambda machine, applied: applied.get(0, "func"))


def _nothing(machine: Machine, router: Router, arguments: Arguments) -> Value:
    return None


_METHODS: dict[str, Callable[[Machine, Router, Arguments], Value]] = {
    "__init__": _initialise,
    "api_route": _api_route,
    "route": _starlette_route,
    "websocket": _websocket,
    "websocket_route": _websocket,
    "add_api_route": _add_api_route,
    "add_route": _add_route,
    "add_api_websocket_route": _add_websocket,
    "add_websocket_route": _add_websocket,
    "include_router": _include_router,
    "mount": _mount,
    "on_event": _on_event,
    "add_event_handler": _add_event_handler,
    "middleware": _keep,
    "exception_handler": _keep,
    "add_middleware": _nothing,
    "add_exception_handler": _nothing,
    "setup": _nothing,
}
