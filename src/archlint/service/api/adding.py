"""What adds to an app or router: decorators, `add_…`, `include_router`, `mount`, start-up handlers.

Follows `fastapi/routing.py`: tags of the including router come first and are kept doubled, `deprecated` is
or-ed, `include_in_schema` and-ed. FastAPI's own adders put the router's prefix in front, Starlette's do not.
Before FastAPI 0.137 an include copies the routes that are there, without mounts; since then it keeps the
router, so that a route added later is served, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from archlint.facts.syntax import Call, FunctionDef
from archlint.service.api.registered import ROUTE_CLASSES, UNGIVEN, Include, Mount, Route, Router
from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ClassObject,
    External,
    ExternalObject,
    FunctionObject,
    InstanceObject,
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
MAX_ROUTES = 5_000
"""A router with more routes than this has too many to follow."""

LEFT_OUT: Mapping[str, Value] = {
    "include_in_schema": True,
    "response_description": "Successful Response",
    **dict.fromkeys(("response_model", "response_class", "generate_unique_id_function"), UNGIVEN),
    **dict.fromkeys(
        ("status_code", "tags", "dependencies", "summary", "description", "responses", "deprecated")
    ),
    **dict.fromkeys(("methods", "operation_id", "name", "callbacks", "openapi_extra")),
}
"""What FastAPI hands on for the arguments of an operation that a call leaves out."""

_MAX_WRAPPERS = 4


def call_own(machine: Machine, router: Router, name: str, arguments: Arguments) -> Value:
    """Call a method of the router as the library does; one of the service's own gets every argument.

    An app's methods hand on to those of its `router`, which know nothing of a subclass of the app.
    """
    method = attribute(machine, router, f"super.{name}" if router.is_app else name)
    keywords = arguments.keywords
    if "api_" in name and isinstance(method, Bound) and isinstance(method.function, FunctionObject):
        keywords = {**LEFT_OUT, **keywords}
    return machine.call(method, Arguments(arguments.args, keywords, arguments.place, arguments.complete))


def operation(method: str) -> Callable[[Machine, Router, Arguments], Value]:
    """`@router.get(path, …)` and its like."""

    def register(machine: Machine, router: Router, arguments: Arguments) -> Value:
        keywords = {**arguments.keywords, "methods": [method.upper()]}
        inner = Arguments(arguments.args, keywords, arguments.place, arguments.complete)
        return call_own(machine, router, "api_route", inner)

    return register


def decorator(adder: str) -> Callable[[Machine, Router, Arguments], Value]:
    """A method that gives a function which registers its argument and gives it back."""

    def decorate(machine: Machine, router: Router, arguments: Arguments) -> Value:
        keywords = dict(arguments.keywords)
        path = keywords.pop("path") if "path" in keywords else arguments.get(0, "path")
        rest = arguments.args[1:] if arguments.args else ()

        def register(machine: Machine, applied: Arguments) -> Value:
            endpoint = applied.get(0, "func")
            inner = Arguments((path, endpoint, *rest), keywords, arguments.place, arguments.complete)
            call_own(machine, router, adder, inner)
            return endpoint

        return Native("decorator", register)

    return decorate


def add_api_route(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """FastAPI's `add_api_route`, by the route class that the call or the router names."""
    for path, endpoint in _served(router, router.prefix, arguments):
        keywords = {**_defaults(router, arguments), "endpoint": endpoint}
        wanted = settled(keywords.pop("route_class_override", None)) or settled(router.option("route_class"))
        own = isinstance(wanted, ClassObject)
        made = machine.call(
            wanted if own else External(ROUTE_CLASSES["http", True]),
            Arguments((path,), {**LEFT_OUT, **keywords} if own else keywords, arguments.place),
        )
        if isinstance(made, Route):
            made.defaults = (router.keywords,)
            router.routes.append(made)
    return None


def add_api_websocket_route(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """FastAPI's `add_api_websocket_route`."""
    return _add_plain(machine, router, arguments, ROUTE_CLASSES["websocket", True], router.prefix)


def add_route(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """Starlette's `add_route`: no prefix, no schema, no tags."""
    return _add_plain(machine, router, arguments, ROUTE_CLASSES["http", False])


def add_websocket_route(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """Starlette's `add_websocket_route`."""
    return _add_plain(machine, router, arguments, ROUTE_CLASSES["websocket", False])


def _add_plain(
    machine: Machine, router: Router, arguments: Arguments, class_name: str, prefix: Value = ""
) -> None:
    for path, endpoint in _served(router, prefix, arguments):
        keywords = dict(arguments.keywords) | {"path": path, "endpoint": endpoint}
        keywords["dependencies"] = [*_dependencies(router.keywords, keywords)]
        inner = Arguments((), {**_positional(arguments), **keywords}, arguments.place)
        router.routes.append(machine.call(External(class_name), inner))


def _positional(arguments: Arguments) -> dict[str, Value]:
    """The third and fourth argument of Starlette's adders."""
    third = "methods" if len(arguments.args) > 2 and not isinstance(arguments.args[2], str) else "name"
    return {third: arguments.args[2]} if len(arguments.args) > 2 else {}


def _served(router: Router, prefix: Value, arguments: Arguments) -> Iterator[tuple[str, Value]]:
    """The paths with the endpoint; what archlint cannot follow is missed."""
    if len(router.routes) >= MAX_ROUTES:
        router.miss("the endpoints of a router", "there are too many to follow", arguments.place)
        return
    endpoint = arguments.get(1, "endpoint")
    if isinstance(endpoint, Unresolved | External | ExternalObject) or endpoint is None:
        router.miss("an endpoint", _why(endpoint, "its handler is not in the repository"), arguments.place)
        return
    for path in joined(prefix, arguments.get(0, "path")):
        if isinstance(path, Unresolved):
            router.miss("an endpoint's path", path.why, arguments.place)
        else:
            yield path, endpoint


def _defaults(router: Router, arguments: Arguments) -> dict[str, Value]:
    """The keywords that FastAPI hands to the route class, the router's own merged in."""
    keywords = dict(arguments.keywords)
    for name in ("path", "self"):
        keywords.pop(name, None)
    if (default := router.option("default_response_class")) is not None:
        keywords.setdefault("response_class", default)
    tags = settled(keywords.get("tags"))
    keywords["tags"] = [*router.tags, *(tags if isinstance(tags, list | tuple) else ())]
    keywords["dependencies"] = [*_dependencies(router.keywords, keywords)]
    keywords["deprecated"] = settled(keywords.get("deprecated")) or router.deprecated
    keywords["include_in_schema"] = _both(keywords.get("include_in_schema", True), router.in_schema)
    return keywords


def _dependencies(*keywords: object) -> tuple[Value, ...]:
    found = (settled(one.get("dependencies")) for one in keywords if hasattr(one, "get"))
    return tuple(item for items in found if isinstance(items, list | tuple) for item in items)


def _both(first: Value, second: Value) -> bool:
    return settled(first) is not False and settled(second) is not False


def joined(prefix: Value, path: Value) -> list[str | Unresolved]:
    """Every prefix with every path that the two can be."""
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


def include_router(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """`include_router(child, prefix=…, …)`."""
    machine.registered.add(arguments.place.node)
    for child in options(arguments.get(0, "router")):
        if isinstance(child, Router):
            for prefix in joined("", prefix_of(arguments)):
                _include(machine, router, child, prefix, arguments)
        elif not isinstance(child, ModuleObject):
            router.miss("an included router", _why(child, "archlint cannot tell which"), arguments.place)
    return None


def _written_at(machine: Machine, arguments: Arguments) -> Origin:
    """Where the include stands: of an app's own `include_router` that adds no words, where that is called."""
    inner, call = machine.stack[-1] if machine.stack else None, arguments.place.node
    is_own = isinstance(inner, FunctionDef) and inner.name == "include_router"
    if not is_own or (isinstance(call, Call) and any(one.name == "tags" for one in call.keywords)):
        return arguments.place
    return machine.called_at[-1]


def prefix_of(arguments: Arguments) -> Value:
    """The `prefix` of a router or include; nothing tells whether `**given()` has one."""
    missing = "" if arguments.complete else Unresolved("words that the source does not tell")
    return arguments.keywords.get("prefix", missing)


def _include(
    machine: Machine, router: Router, child: Router, prefix: str | Unresolved, arguments: Arguments
) -> None:
    if isinstance(prefix, Unresolved):
        router.miss("an included router's prefix", prefix.why, arguments.place)
        return
    tags = settled(arguments.keywords.get("tags"))
    include = Include(
        router=child,
        prefix=prefix,
        tags=tuple(tags) if isinstance(tags, list | tuple) else (),
        deprecated=settled(arguments.keywords.get("deprecated")),
        in_schema=arguments.keywords.get("include_in_schema", True),
        place=_written_at(machine, arguments),
        conditions=tuple(machine.conditions),
        dependencies=_dependencies(arguments.keywords),
        defaults=(router.keywords, arguments.keywords),
    )
    for own, inner in ((router.startup, child.startup), (router.lifespans, child.lifespans)):
        own.extend(function for function in inner if not any(function is known for known in own))
    if machine.lazy_includes:
        _keep(router, include)
    else:
        _copy(machine, router, include)


def _keep(router: Router, include: Include) -> None:
    """The lazy include: it stays one, under what the router itself adds."""
    for path in joined(router.prefix, include.prefix):
        if isinstance(path, Unresolved):
            router.miss("a router's prefix", path.why, include.place)
            continue
        router.routes.append(
            Include(
                include.router,
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
        if not isinstance(route, Route) or route.path is None or not machine.spend():
            continue
        before = len(router.routes)
        api = "api_" if route.documented else ""
        adder = f"add_{api}{'websocket_' if route.kind == 'websocket' else ''}route"
        inner = Arguments(
            (f"{include.prefix}{route.path}", route.endpoint), _again(route, include), route.place
        )
        call_own(machine, router, adder, inner)
        own = text(router.prefix) or "" if route.documented else ""
        for added in router.routes[before:]:
            added.includes = (include.place, *route.includes)
            added.prefixes = (f"{own}{include.prefix}", *route.prefixes)
            added.conditions = (*include.conditions, *route.conditions)
            added.defaults = (*include.defaults, *route.defaults)


def _again(route: Route, include: Include) -> dict[str, Value]:
    keywords = {
        **route.options,
        "tags": [*include.tags, *route.tags],
        "deprecated": settled(route.deprecated) or include.deprecated,
        "include_in_schema": _both(route.in_schema, include.in_schema),
        "methods": list(route.methods),
        "dependencies": [*include.dependencies, *route.dependencies],
        "route_class_override": route.cls,
    }
    return keywords if route.documented else {**keywords, "include_in_schema": route.in_schema}


def mount(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """Starlette's `mount(path, app)`: no prefix of the router's."""
    return _mount(machine, router, arguments, "Mount")


def host(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """Starlette's `host(host, app)`: the same paths for requests to that host."""
    return _mount(machine, router, arguments, "Host")


def _mount(machine: Machine, router: Router, arguments: Arguments, name: str) -> None:
    made = machine.call(External(f"starlette.routing.{name}"), arguments)
    for one in options(made):
        if isinstance(one, Mount) and one.app is not router:
            router.routes.append(one)
        elif isinstance(one, Unresolved):
            router.miss("a mounted app", one.why, arguments.place)


def mounted_in(value: Value, depth: int = 0) -> Value:
    """The app or router behind what wraps it: a library's middleware, or an ASGI class of the service."""
    value = settled(value)
    if depth > _MAX_WRAPPERS or isinstance(value, Router | Unresolved):
        return value
    match value:
        case ExternalObject():
            inner = [*value.args, *value.keywords.values()]
        case InstanceObject():
            inner = list(value.attributes.values())
        case _:
            return value
    found = (mounted_in(one, depth + 1) for one in inner)
    return next((one for one in found if isinstance(one, Router)), value)


def _why(value: Value, otherwise: str) -> str:
    match value:
        case Unresolved():
            return value.why
        case External() | ExternalObject():
            return f"it comes from a library (`{value.name}`)"
    return otherwise


def on_event(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """`@app.on_event("startup")`."""

    def keep(machine: Machine, applied: Arguments) -> Value:
        add_event_handler(machine, router, Arguments((event, applied.get(0, "func")), {}, applied.place))
        return applied.get(0, "func")

    event = arguments.get(0, "event_type")
    return Native("on_event", keep)


def add_event_handler(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """`app.add_event_handler("startup", function)`."""
    if text(arguments.get(0, "event_type")) == "startup":
        router.startup.append(arguments.get(1, "func"))
    return None


def keep(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """`@app.middleware("http")`, `@app.exception_handler(…)`: decorators that register no endpoint."""
    return Native("decorator", lambda machine, applied: applied.get(0, "func"))


def nothing(machine: Machine, router: Router, arguments: Arguments) -> Value:
    """What registers nothing."""
    return None
