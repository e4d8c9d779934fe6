"""Every endpoint of a service as FastAPI would serve it, found without importing the service."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import Literal

from msgspec import Struct, field
from msgspec.structs import replace
from packaging.version import Version

from archlint.facts.syntax import Node
from archlint.findings import Location, Unknown
from archlint.service.api import entry_points, web
from archlint.service.api.adding import mounted_in
from archlint.service.api.handlers import Handler, handler_of, views
from archlint.service.api.late_includes import never_run
from archlint.service.api.lifespans import functions
from archlint.service.api.registered import Include, Missed, Mount, Route, Router
from archlint.service.api.registration import location_of, registration
from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.machine import Condition, Machine, deep_recursion
from archlint.service.interpreter.values import (
    Identified,
    Origin,
    Unresolved,
    Value,
    options,
    settled,
    text,
    truth,
)
from archlint.service.semantics.modules import Module, Modules
from archlint.service.semantics.symbols import Symbols


class App(Struct, eq=False, frozen=True):
    """A `FastAPI(…)` object.

    `name` is `module:attribute`, None where no module holds it. `is_served` is false where the servers of
    the service are told to load others.
    """

    router: Router
    name: str | None = None
    is_served: bool = True

    @property
    def title(self) -> str:
        """Its name, or where it is made."""
        return self.name or f"{self.location.file}:{self.location.line}"

    @property
    def location(self) -> Location:
        """The call that makes it."""
        place = self.router.place
        return place.module.location(place.node)


class Endpoint(Struct, eq=False, frozen=True):
    """One path operation or WebSocket endpoint under its full path.

    `includes` are the `include_router` and `mount` calls that gave the path its `prefixes`, outermost first;
    `conditions` are the tests, undecided by the source, under which it is served. `route` has the values of
    the arguments that it was registered with, `defaults` those of the routers and includes around it,
    outermost first, and `target` is what is called. `app` is the one that it belongs to, mounted in `root`
    or that itself.
    """

    path: str
    methods: tuple[str, ...]
    kind: Literal["http", "websocket"]
    handler: Handler
    place: Origin
    tags: tuple[str, ...]
    described: bool
    deprecated: bool
    in_schema: bool
    includes: tuple[Origin, ...]
    prefixes: tuple[str, ...]
    conditions: tuple[Condition, ...]
    dependencies: tuple[Value, ...]
    root: App
    app: App
    route: Route
    target: Value
    defaults: tuple[Mapping[str, Value], ...] = ()

    @property
    def location(self) -> Location:
        """Where it is registered: the route decorator's call."""
        return location_of(self.registration, self.handler)

    @property
    def name(self) -> str:
        """The name by which `url_path_for` finds the route."""
        return text(self.route.options.get("name")) or self.handler.definition.name

    @property
    def is_usual(self) -> bool:
        """Whether a server that is started may serve it when nobody configures anything."""
        return self.root.is_served and self.off_by_default is None

    @property
    def off_by_default(self) -> Condition | None:
        """The condition for which it is not served when nobody configures anything."""
        return next((one for one in self.conditions if one.by_default is False), None)

    @property
    def home(self) -> Module:
        """The module that registers it; its handler's where a helper of the service's own does it."""
        return self.registration.module

    @property
    def registration(self) -> Origin:
        """The decorator, call or definition that registers it, as who uses its helpers sees it."""
        return registration(self.place, self.handler)


class Runtime(Struct, frozen=True):
    """What a service runs on, as far as routes depend on it: None is the newest.

    `servers` are the words of the commands that start servers, `plugins` the project's own entry points.
    """

    fastapi: Version | None = None
    python: Version | None = None
    servers: tuple[tuple[str, ...], ...] = ()
    plugins: tuple[tuple[str, str, str], ...] = ()

    def has(self, change: Version) -> bool:
        """Whether this FastAPI has a change."""
        return self.fastapi is None or self.fastapi >= change


class RouteTable(Struct, eq=False, frozen=True, dict=True):
    """A service's apps and endpoints, and what archlint could not resolve."""

    apps: tuple[App, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    mounted: tuple[tuple[App, str], ...] = ()
    """The apps that others mount, each with its path."""

    machine: Machine | None = None
    """The interpretation behind it; None where there is no app."""

    runtime: Runtime = Runtime()

    @cached_property
    def router_places(self) -> Mapping[int, Origin]:
        """Where apps and routers are made, by the identity of their keywords (`Endpoint.defaults`)."""
        made = self.machine.created if self.machine else ()
        return {id(router.keywords): router.place for router in made if isinstance(router, Router)}

    def described(self, app: App, routes: Iterable[Value]) -> tuple[Endpoint, ...]:
        """Routes of an app that nothing serves: its webhooks, and the callbacks of an endpoint."""
        if self.machine is None:
            return ()
        found = _Collector(self.machine, self.runtime, {})
        for route in routes:
            if isinstance(route, Route):
                _add(found, _Context(app, app), route)
        return tuple(found.endpoints.values())


class _Context(Struct, eq=False, frozen=True):
    """What the includes and mounts above a router add to its routes."""

    root: App
    app: App
    prefix: str = ""
    tags: tuple[Value, ...] = ()
    deprecated: bool = False
    in_schema: bool = True
    includes: tuple[Origin, ...] = ()
    prefixes: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()
    dependencies: tuple[Value, ...] = ()
    above: tuple[Router, ...] = ()
    defaults: tuple[Mapping[str, Value], ...] = ()


_MAX_VISITS = 20_000
"""Routes seen in one service, each in every include; what comes after is unknown."""

_MAX_NESTING = 100
_MAX_PATH = 5_000

_LAZY_INCLUDES = Version("0.137")
_FORMATS_MEMBERS = Version("3.11")
"""Python's, from which on a member of an enumeration is formatted as `str()` writes it."""

_UNWRAPPED_HANDLERS = Version("0.123.7")


class _Collector(Identified, Struct, eq=False, dict=True):
    machine: Machine
    runtime: Runtime
    names: dict[int, str]
    """Of apps, by identity."""

    endpoints: dict[object, Endpoint] = field(default_factory=dict)
    missed: dict[int, Missed] = field(default_factory=dict)
    mounted: list[tuple[App, str]] = field(default_factory=list)
    visits: int = 0

    def miss(self, what: str, why: str, place: Origin) -> None:
        """Keep what could not be resolved, once for each place."""
        self.missed.setdefault(id(place.node), Missed(what, why, place))

    def may_enter(self, router: Router, context: _Context) -> bool:
        """Whether there is work left for one more include of a router; what is left out is missed."""
        self.visits += 1 + len(router.routes)
        within = self.visits < _MAX_VISITS and len(context.above) < _MAX_NESTING
        if not within or len(context.prefix) > _MAX_PATH:
            self.miss("the endpoints of a router", "there are too many to follow", router.place)
            return False
        return True


def resolve_routes(modules: Modules, symbols: Symbols, runtime: Runtime) -> RouteTable:
    """The route table of a service."""
    found = entry_points.entries(modules, symbols)
    told = entry_points.targets(modules, runtime.servers)
    if not found and not any(entry_points.uses_fastapi(target.module) for target in told):
        return RouteTable()
    machine = interpreter(
        modules,
        lazy_includes=runtime.has(_LAZY_INCLUDES),
        formats_members=runtime.python is None or runtime.python >= _FORMATS_MEMBERS,
        models=web.library(runtime.plugins),
    )
    with deep_recursion():
        started = entry_points.start(machine, modules, symbols, found, told)
        collector = _Collector(machine, runtime, _names(machine))
        apps = tuple(_apps(collector, started.served))
        for app in apps:
            _collect(collector, _Context(app, app), app.router)
        _tell_undecided(collector)
    for place in never_run(modules, machine.registered, _never_started(machine)):
        collector.miss("the routers of an app", "code that archlint does not follow includes them", place)
    unknown = (*map(_unknown, collector.missed.values()), *started.unknown)
    endpoints = tuple(collector.endpoints.values())
    return RouteTable(apps, endpoints, unknown, tuple(collector.mounted), machine, runtime)


def _never_started(machine: Machine) -> set[Node]:
    """The lifespans and start-up handlers of mounted apps, which nobody runs, of no other app."""
    started = set(map(id, entry_points.roots(machine)))
    apps = [router for router in machine.created if router.is_app]
    running = {f.definition for one in apps if id(one) in started for f in functions(one.lifespans)}
    return {f.definition for one in apps for f in functions(one.lifespans) if f.definition not in running}


def _tell_undecided(found: _Collector) -> None:
    """What would be silence: work that was not done, and routes that may have been taken away."""
    told: set[int] = set()  # what is unknown of an app is unknown of each call on it
    for value, unknown, place in found.machine.handed:
        if isinstance(value, Router) and id(unknown) not in told:
            found.miss("what registers endpoints on an app or router", unknown.why, place)
            told.add(id(unknown))
    lists = {id(router.routes) for router in found.machine.created if isinstance(router, Router)}
    for container, place in found.machine.kept:
        if id(container) in lists:
            found.miss("whether an endpoint is removed", "it depends on a condition", place)
    if found.machine.exhausted is not None:
        found.miss("the endpoints", "the code does too much to be followed", found.machine.exhausted)


def _names(machine: Machine) -> dict[int, str]:
    """The name that each app has in the module that makes it, else the first in another."""
    found: dict[int, str] = {}
    at_home: set[int] = set()
    for loaded in machine.loaded.values():
        for name, value in loaded.namespace.items():
            app = mounted_in(value)
            is_home = isinstance(app, Router) and app.place.module is loaded.module
            if id(app) not in found or (is_home and id(app) not in at_home):
                found[id(app)] = f"{loaded.module.name}:{name}"
            at_home |= {id(app)} if is_home else set()
    return found


def _apps(found: _Collector, served: list[Router]) -> Iterator[App]:
    """The apps that nothing mounts, those that a server loads first; all may be where a variable tells."""
    are_all = not served or entry_points.may_be_others(found.runtime.servers)
    for router in entry_points.lasting_roots(found.machine, served):
        yield App(router, found.names.get(id(router)), are_all or router in served)


def _collect(found: _Collector, context: _Context, router: Router) -> None:
    if router in context.above or not found.may_enter(router, context):
        return
    for missed in router.missed:
        found.missed[id(missed.place.node)] = missed
    for entry in chain.from_iterable(map(options, router.routes)):
        match entry:
            case Route():
                _add(found, context, entry)
            case Include():
                _collect(found, _included(context, entry, router), entry.router)
            case Mount():
                _collect(found, _mounted(found, context, entry, router), entry.app)
            case Unresolved():
                found.miss("one of an app's routes", entry.why, entry.place or router.place)


def _included(context: _Context, include: Include, router: Router) -> _Context:
    return _Context(
        context.root,
        context.app,
        context.prefix + include.prefix,
        (*context.tags, *include.tags),
        context.deprecated or truth(include.deprecated) is True,
        context.in_schema and include.in_schema is not False,
        (*context.includes, include.place),
        (*context.prefixes, include.prefix),
        (*context.conditions, *include.conditions),
        (*context.dependencies, *include.dependencies),
        (*context.above, router),
        (*context.defaults, *include.defaults),
    )


def _mounted(found: _Collector, context: _Context, mount: Mount, router: Router) -> _Context:
    """A mounted app has its own schema: nothing but the prefix is handed down."""
    own = App(mount.app, found.names.get(id(mount.app)), context.root.is_served)
    if mount.app.is_app:
        found.mounted.append((own, context.prefix + mount.path))
    return _Context(
        context.root,
        own if mount.app.is_app else context.app,
        context.prefix + mount.path,
        includes=(*context.includes, mount.place),
        prefixes=(*context.prefixes, mount.path),
        conditions=(*context.conditions, *mount.conditions),
        above=(*context.above, router),
    )


def _add(found: _Collector, context: _Context, route: Route) -> None:
    unwraps = route.documented and found.runtime.has(_UNWRAPPED_HANDLERS)
    for endpoint in options(route.endpoint):
        for methods, value in list(views(endpoint)) or [(route.methods, endpoint)]:
            handler = handler_of(value, unwraps=unwraps)
            if handler is None or route.path is None:
                why = "its handler is not a function that archlint can see"
                found.miss(f"endpoint `{route.path or '?'}`", why, route.place)
                continue
            made = _endpoint(context, route, value, methods, handler)
            parts = (made.path, made.methods, id(handler.definition))
            key = (*parts, made.in_schema, made.tags, made.deprecated)
            known = found.endpoints.setdefault(key, made)
            if known.handler.is_async != handler.is_async and known.place is made.place:
                found.endpoints[key] = replace(known, handler=_undecided(handler))


def _undecided(handler: Handler) -> Handler:
    """The handler in one of two decorators, by what the source does not decide: they keep what it is."""
    return replace(handler, is_async=handler.definition.is_async)


def _endpoint(
    context: _Context, route: Route, value: Value, methods: tuple[str, ...], handler: Handler
) -> Endpoint:
    http, own = route.kind == "http", route.documented
    tags = [text(tag) for tag in (*context.tags, *route.tags)]
    shown = (context.in_schema or not own) and route.in_schema is not False
    return Endpoint(
        path=context.prefix + (route.path or ""),
        methods=methods,
        kind="http" if http else "websocket",
        handler=handler,
        place=route.place,
        tags=tuple(tag for tag in tags if tag is not None) if own and http else (),
        described=_described(route, handler),
        deprecated=http and own and (context.deprecated or truth(settled(route.deprecated)) is True),
        in_schema=shown and http,
        includes=(*context.includes, *route.includes),
        prefixes=(*context.prefixes, *route.prefixes),
        conditions=(*context.conditions, *route.conditions),
        dependencies=(*context.dependencies, *route.dependencies),
        root=context.root,
        app=context.app,
        route=route,
        target=value,
        defaults=(*context.defaults, *route.defaults),
    )


def _described(route: Route, handler: Handler) -> bool:
    given = [kept.get(name) for name in ("summary", "description") for kept in (route.options, route.extra)]
    return handler.docstring is not None or any(truth(settled(one)) is not False for one in given)


def _unknown(missed: Missed) -> Unknown:
    return Unknown(missed.what, missed.place.module.location(missed.place.node), missed.why)
