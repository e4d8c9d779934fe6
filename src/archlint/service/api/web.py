"""The models of FastAPI's and Starlette's classes: apps, routers, routes, mounts."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from archlint.service.api import adding, class_views
from archlint.service.api.registered import (
    ROUTE_CLASSES,
    UNGIVEN,
    LibraryObject,
    Mount,
    Route,
    Router,
)
from archlint.service.interpreter import plugins
from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import FunctionModel, Machine
from archlint.service.interpreter.plugins import Plugin
from archlint.service.interpreter.values import (
    Arguments,
    ClassObject,
    External,
    ExternalObject,
    Unresolved,
    Value,
    choice,
    options,
    settled,
    text,
)
from archlint.service.semantics.library_names import names_of

_STARLETTE_ROUTER = "starlette.routing.Router"
_VERSIONIZERS = (
    "fastapi_versionizer.Versionizer",
    "fastapi_versionizer.versionizer.Versionizer",
    "fastapi_versionizer.versionize",
    "fastapi_versionizer.versionizer.versionize",
)
"""They take an app and serve its routes under prefixes of their own."""


def library(declared: Sequence[Plugin] = ()) -> dict[str, FunctionModel]:
    """The models of FastAPI's names, and of the entry points `declared`, for `Semantics.library`."""
    models: dict[str, FunctionModel] = {
        "fastapi_versioning.VersionedFastAPI": _rearranged,
        **dict.fromkeys(_VERSIONIZERS, _rearranged),
        "starlette.routing.Mount": _mount,
        "starlette.routing.Host": _host,
        **class_views.library(),
        **plugins.library(declared),
    }
    for name in (*names_of("app", "router"), _STARLETTE_ROUTER):
        models |= _class(name, _made_router, _initialise_router)
        models |= {f"{name}.{method}": _method(model) for method, model in _METHODS.items()}
    for name in ROUTE_CLASSES.values():
        models |= _class(name, _made_route, _initialise_route)
    return models


def _class(
    name: str,
    make: Callable[[str, Arguments, ClassObject | None], LibraryObject],
    initialise: Callable[..., Value],
) -> dict[str, FunctionModel]:
    """The class itself, its subclasses in the service, and its `__init__`."""

    def construct(machine: Machine, arguments: Arguments) -> Value:
        made = make(name, arguments, None)
        _keep(machine, made)
        initialise(machine, made, arguments)
        return made

    def subclass(machine: Machine, arguments: Arguments) -> Value:
        made = make(name, arguments, arguments.args[0])
        _keep(machine, made)
        rest = Arguments(arguments.args[1:], arguments.keywords, arguments.place, arguments.complete)
        machine.call(attribute(machine, made, "__init__"), rest)
        return made

    return {name: construct, f"{name}.__subclass__": subclass, f"{name}.__init__": _method(initialise)}


def _keep(machine: Machine, made: LibraryObject) -> None:
    if isinstance(made, Router):
        machine.created.append(made)


def _method(model: Callable[..., Value]) -> FunctionModel:
    """A method as Python binds it: the receiver is the first argument."""

    def call(machine: Machine, arguments: Arguments) -> Value:
        receiver = settled(arguments.args[0]) if arguments.args else None
        if not isinstance(receiver, LibraryObject):
            return Unresolved("a method of an app or router that the source does not tell", arguments.place)
        rest = Arguments(arguments.args[1:], arguments.keywords, arguments.place, arguments.complete)
        return model(machine, receiver, rest)

    return call


def _made_router(name: str, arguments: Arguments, cls: ClassObject | None) -> Router:
    return Router(name, arguments.place, cls, is_app=name in names_of("app"))


def _initialise_router(machine: Machine, router: Router, arguments: Arguments) -> Value:
    keywords = dict(arguments.keywords)
    router.keywords = keywords
    if router.class_name in names_of("router"):
        router.prefix = adding.prefix_of(arguments)
    tags = settled(keywords.get("tags"))
    router.tags = list(tags) if isinstance(tags, list | tuple) else []
    router.deprecated = keywords.get("deprecated")
    router.in_schema = keywords.get("include_in_schema", True)
    routes = settled(
        keywords.get("routes", arguments.get(0, "routes") if router.class_name == _STARLETTE_ROUTER else None)
    )
    if isinstance(routes, list | tuple):
        router.routes.extend(routes)
    elif isinstance(routes, Unresolved):
        router.miss("the routes of an app or router", routes.why, arguments.place)
    router.startup.extend(_listed(keywords.get("on_startup")))
    router.lifespans.append(router.startup if keywords.get("lifespan") is None else keywords["lifespan"])
    return None


def _listed(value: Value) -> list[Value]:
    return list(value) if isinstance(value, list | tuple) else []


def _made_route(name: str, arguments: Arguments, cls: ClassObject | None) -> Route:
    kind, documented = next(key for key, known in ROUTE_CLASSES.items() if known == name)
    return Route(name, arguments.place, cls, kind=kind, documented=documented)


def _initialise_route(machine: Machine, route: Route, arguments: Arguments) -> Value:
    """`APIRoute(path, endpoint, …)`, whoever calls it; GET unless said otherwise."""
    keywords = {name: value for name, value in arguments.keywords.items() if value != UNGIVEN}
    route.path = text(arguments.get(0, "path"))
    route.endpoint = arguments.get(1, "endpoint")
    route.methods = _methods(keywords.get("methods")) if route.kind == "http" else ()
    tags = settled(keywords.get("tags"))
    route.tags = list(tags) if isinstance(tags, list | tuple) and route.documented else []
    route.options = {
        name: value
        for name, value in keywords.items()
        if name not in {"path", "endpoint"} and (value is not None or name == "response_model")
    }
    route.deprecated = settled(keywords.get("deprecated"))
    route.in_schema = keywords.get("include_in_schema", True)
    dependencies = settled(keywords.get("dependencies"))
    route.dependencies = tuple(dependencies) if isinstance(dependencies, list | tuple) else ()
    route.conditions = tuple(machine.conditions)
    return None


def _methods(value: Value) -> tuple[str, ...]:
    value = settled(value)
    names = [_method_name(item) for item in value] if isinstance(value, list | tuple | set) else ["GET"]
    return tuple(name.upper() for name in names if name)


def _method_name(value: Value) -> str:
    """A method's name, `http.HTTPMethod.GET` included."""
    return value.name.rpartition(".")[2] if isinstance(value, External) else text(value) or ""


def _mount(machine: Machine, arguments: Arguments) -> Value:
    """`Mount(path, app)` or `Mount(path, routes=[…])`."""
    app = arguments.get(1, "app")
    if app is None and "routes" in arguments.keywords:
        keywords = {"routes": arguments.keywords["routes"]}
        app = machine.call(External(_STARLETTE_ROUTER), Arguments((), keywords, arguments.place))
    paths = adding.joined("", arguments.get(0, "path"))
    return choice([_mounted(machine, arguments, app, path, None) for path in paths])


def _host(machine: Machine, arguments: Arguments) -> Value:
    """`Host(host, app)`."""
    name = text(arguments.get(0, "host")) or "?"
    return _mounted(machine, arguments, arguments.get(1, "app"), "", name)


def _mounted(
    machine: Machine, arguments: Arguments, app: Value, path: str | Unresolved, host: str | None
) -> Value:
    found = [adding.mounted_in(option) for option in options(app)]
    name = f"starlette.routing.{'Mount' if host is None else 'Host'}"
    routers = [one for one in found if isinstance(one, Router)]
    if routers and isinstance(path, str):
        where, conditions = path.rstrip("/"), tuple(machine.conditions)
        made = [
            Mount(name, arguments.place, path=where, app=router, host=host, conditions=conditions)
            for router in routers
        ]
        return choice(made)
    unknown = (one for one in (*found, path if routers else None) if isinstance(one, Unresolved))
    return next(unknown, ExternalObject(name, arguments.args, arguments.keywords))


def _rearranged(machine: Machine, arguments: Arguments) -> Value:
    """A library that serves an app's routes under paths of its own: these are not what is served."""
    app = arguments.get(0, "app")
    if isinstance(app, Router):
        app.miss("an app's endpoints", "a library rearranges them by version", arguments.place)
        app.routes.clear()
    return app


_METHODS: dict[str, Callable[[Machine, Router, Arguments], Value]] = {
    **{method: adding.operation(method) for method in adding.METHODS},
    "api_route": adding.decorator("add_api_route"),
    "route": adding.decorator("add_route"),
    "websocket": adding.decorator("add_api_websocket_route"),
    "websocket_route": adding.decorator("add_websocket_route"),
    "add_api_route": adding.add_api_route,
    "add_route": adding.add_route,
    "add_api_websocket_route": adding.add_api_websocket_route,
    "add_websocket_route": adding.add_websocket_route,
    "include_router": adding.include_router,
    "mount": adding.mount,
    "host": adding.host,
    "on_event": adding.on_event,
    "add_event_handler": adding.add_event_handler,
    "middleware": adding.keep,
    "exception_handler": adding.keep,
    "add_middleware": adding.nothing,
    "add_exception_handler": adding.nothing,
    "setup": adding.nothing,
}
