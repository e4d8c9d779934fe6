"""Every endpoint of a service as FastAPI would serve it, found without importing the service."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from packaging.version import Version

from archlint.facts.syntax import ClassDef, Constant, Evaluate, FunctionDef, ImportFrom
from archlint.findings import Location, Unknown
from archlint.service.api import web
from archlint.service.api.applications import FASTAPI, Creation, creations, uses
from archlint.service.api.registered import Missed, Route
from archlint.service.api.responses import has_response_schema
from archlint.service.api.web import Include, Mount, Router
from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.machine import Condition, Machine, deep_recursion
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    Choice,
    ClassObject,
    Descriptor,
    FunctionObject,
    InstanceObject,
    Origin,
    Partial,
    Value,
    options,
    settled,
    text,
    truth,
)
from archlint.service.semantics.module_resolution import import_statements
from archlint.service.semantics.modules import Module, Modules

_MAX_FACTORIES = 5
"""How many functions may stand between a module and the `FastAPI(…)` call that it causes."""


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """The function that serves an endpoint: the repository's own, under the decorators that keep it.

    `is_async` is what FastAPI sees: the outermost function's kind.
    """

    module: Module
    definition: FunctionDef
    owner: str | None
    is_async: bool

    @property
    def name(self) -> str:
        """`module:function` or `module:Class.method`."""
        prefix = f"{self.owner}." if self.owner else ""
        return f"{self.module.name}:{prefix}{self.definition.name}"

    @property
    def location(self) -> Location:
        """The header of its definition, from `def` to before the colon."""
        return self.module.span(self.definition.start, self.definition.header_end)


@dataclass(frozen=True, slots=True, eq=False)
class App:
    """A `FastAPI(…)` object."""

    router: Router

    @property
    def location(self) -> Location:
        """The call that makes it."""
        place = self.router.place
        return place.module.location(place.node)


@dataclass(frozen=True, slots=True, eq=False)
class Endpoint:
    """One path operation or WebSocket endpoint under its full path.

    `includes` are the `include_router` and `mount` calls that gave the path its `prefixes`, outermost first;
    `conditions` are the tests, undecided by the source, under which it is served. `route` has the values of
    the arguments that it was registered with, `defaults` those of the routers and includes around it,
    outermost first. `app` is the one that it belongs to, mounted in `root` or that itself.
    """

    path: str
    methods: tuple[str, ...]
    kind: Literal["http", "websocket"]
    handler: Handler
    place: Origin
    tags: tuple[str, ...]
    response_schema: bool
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
    defaults: tuple[Mapping[str, Value], ...] = ()

    @property
    def location(self) -> Location:
        """Where it is registered: the route decorator's call."""
        if self.home is self.place.module:
            return self.place.module.location(self.place.node)
        return self.handler.location

    @property
    def home(self) -> Module:
        """The module that registers it; its handler's where a router class of the service's own does it."""
        module, node = self.place.module, self.place.node
        classes = module.source.nodes.of(ClassDef) if module is not self.handler.module else ()
        in_class = any(cls.start <= node.start < cls.end for cls in classes)
        return self.handler.module if in_class else module


@dataclass(frozen=True, slots=True, eq=False)
class RouteTable:
    """A service's apps and endpoints, and what archlint could not resolve."""

    apps: tuple[App, ...] = ()
    endpoints: tuple[Endpoint, ...] = ()
    unknown: tuple[Unknown, ...] = ()
    machine: Machine | None = None
    """The interpretation behind it; None where there is no app."""


@dataclass(frozen=True, slots=True, eq=False)
class _Context:
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


@dataclass(eq=False)
class _Collector:
    endpoints: dict[object, Endpoint] = field(default_factory=dict)
    missed: dict[int, Missed] = field(default_factory=dict)


_COMMANDS = frozenset({"cli", "commands"})
"""Packages of command lines: an app that one opens, for the time of a login say, is not the service's."""

_LAZY_INCLUDES = Version("0.137")
_INFERRED_SCHEMAS = Version("0.89")


def resolve_routes(modules: Modules, fastapi: Version | None, *, by_default: bool = False) -> RouteTable:
    """The route table of a service; `fastapi` is the version it runs on, None for the newest.

    `by_default` decides conditions on settings by the settings' defaults.
    """
    entries = _entries(modules)
    if not entries:
        return RouteTable()
    lazy_includes = fastapi is None or fastapi >= _LAZY_INCLUDES
    machine = interpreter(modules, lazy_includes=lazy_includes, by_default=by_default, models=web.library())
    with deep_recursion():
        _run(machine, modules, entries)
        collector = _Collector()
        apps = tuple(App(router) for router in _roots(machine))
        infer = fastapi is None or fastapi >= _INFERRED_SCHEMAS
        for app in apps:
            _collect(machine, collector, _Context(app, app), app.router, infer)
    endpoints = tuple(collector.endpoints.values())
    machine.only_with_app = False
    unknown = tuple(_unknown(missed) for missed in collector.missed.values())
    return RouteTable(apps, endpoints, unknown, machine)


def _entries(modules: Modules) -> list[tuple[Module, Creation]]:
    """What makes the service's apps; what makes one for a command counts only where nothing else does."""
    found = [(m, c) for m in modules.runtime for c in creations(m.source) if c.framework == FASTAPI]
    served = [(m, c) for m, c in found if _COMMANDS.isdisjoint(m.name.split("."))]
    return served or found


def _run(machine: Machine, modules: Modules, entries: list[tuple[Module, Creation]]) -> None:
    """Load what makes apps, call factories that no module calls, then what runs at start-up."""
    factories = _factories(modules, entries)
    for module in _entry_order([*(module for module, _ in entries), *(module for module, _ in factories)]):
        machine.load(module)
    for module in list(_importers(machine, modules)):
        machine.load(module)
    for module, name in reversed(factories):
        if all(_made(machine, creation) for _, creation in entries):
            break
        function = machine.load(module).namespace.get(name)
        if isinstance(function, FunctionObject):
            machine.call(function, Arguments((), {}, Origin(module, function.definition)))
    machine.only_with_app = True
    for router in list(machine.created):
        for started in router.startup:
            _start(machine, router, started)


def _importers(machine: Machine, modules: Modules) -> Iterator[Module]:
    """Modules that import an app made elsewhere: what they do with it when loaded counts, too."""
    homes = {
        path: {name for name, value in loaded.namespace.items() if isinstance(value, Router) and value.is_app}
        for path, loaded in machine.loaded.items()
    }
    for module in modules.runtime:
        for statement in import_statements(module.source) if module.path not in machine.loaded else ():
            if not isinstance(statement, ImportFrom):
                continue
            home = modules.find_relative(statement.level, statement.module, module)
            names = homes.get(home.path) if home is not None else None
            if names and any(alias.name in names for alias in statement.names):
                yield module


def _made(machine: Machine, creation: Creation) -> bool:
    return isinstance(creation.node, ClassDef) or any(
        router.place.node is creation.node for router in machine.created
    )


def _factories(modules: Modules, entries: list[tuple[Module, Creation]]) -> list[tuple[Module, str]]:
    """The definitions around the creations, and around the calls of these, innermost first."""
    found = {(m.path, name): (m, name) for m, c in entries if (name := _defined(c))}
    for _ in range(_MAX_FACTORIES):
        wanted = {name for _, name in found.values()}
        homes = {module.name.rpartition(".")[2] for module, _ in found.values()}
        callers = {
            (module.path, owner or ""): (module, owner or "")
            for module in modules.runtime
            if module.path in {path for path, _ in found} or _imports(module, wanted | homes)
            for owner, _, name in uses(module.source)
            if name.rpartition(".")[2] in wanted
        }
        if callers.keys() <= found.keys():
            break
        found.update({key: callers[key] for key in sorted(callers.keys() - found.keys())})
    return list(found.values())


def _imports(module: Module, names: set[str]) -> bool:
    return any(
        alias.name.rpartition(".")[2] in names
        for statement in import_statements(module.source)
        for alias in statement.names
    )


def _defined(creation: Creation) -> str | None:
    return creation.node.name if isinstance(creation.node, ClassDef) else creation.owner


def _entry_order(modules: list[Module]) -> list[Module]:
    """A module whose name says that a server loads it comes first: its imports then run in the real order."""
    started = ("main", "asgi", "app", "server", "api", "application", "wsgi")

    def rank(module: Module) -> tuple[int, int, str]:
        last = module.name.rpartition(".")[2]
        known = started.index(last) if last in started else len(started)
        return known, module.path.count("/"), module.path

    return sorted({module.path: module for module in modules}.values(), key=rank)


def _start(machine: Machine, router: Router, function: Value) -> None:
    for option in options(function):
        place, takes_app = router.place, False
        if isinstance(option, FunctionObject):
            place, takes_app = Origin(option.module, option.definition), bool(option.definition.parameters)
        if isinstance(option, FunctionObject | Bound | Partial):
            machine.call(option, Arguments((router,) if takes_app else (), {}, place))


def _roots(machine: Machine) -> Iterator[Router]:
    mounted = {
        id(entry.app) for router in machine.created for entry in router.routes if isinstance(entry, Mount)
    }
    return (router for router in machine.created if router.is_app and id(router) not in mounted)


def _collect(machine: Machine, found: _Collector, context: _Context, router: Router, infer: bool) -> None:
    if router in context.above:
        return
    found.missed.update((id(missed.place.node), missed) for missed in router.missed)
    for entry in router.routes:
        match entry:
            case Route():
                _add(machine, found, context, entry, infer)
            case Include():
                _collect(machine, found, _included(context, entry, router), entry.router, infer)
            case Mount():
                _collect(machine, found, _mounted(context, entry, router), entry.app, infer)


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


def _mounted(context: _Context, mount: Mount, router: Router) -> _Context:
    """A mounted app has its own schema: nothing but the prefix is handed down."""
    return _Context(
        context.root,
        App(mount.app) if mount.app.is_app else context.app,
        context.prefix + mount.path,
        includes=(*context.includes, mount.place),
        prefixes=(*context.prefixes, mount.path),
        conditions=(*context.conditions, *mount.conditions),
        above=(*context.above, router),
    )


def _add(machine: Machine, found: _Collector, context: _Context, route: Route, infer: bool) -> None:
    for endpoint in options(route.endpoint):
        handler = _handler(endpoint)
        if handler is None:
            why = "its handler is not a function that archlint can see"
            found.missed[id(route.place.node)] = Missed(f"endpoint `{route.path}`", why, route.place)
            continue
        made = _endpoint(machine, context, route, endpoint, handler, infer)
        key = (made.path, made.methods, id(handler.definition), made.in_schema, made.tags, made.deprecated)
        found.endpoints.setdefault(key, made)


def _endpoint(
    machine: Machine, context: _Context, route: Route, value: Value, handler: Handler, infer: bool
) -> Endpoint:
    http = route.kind == "http"
    tags = [text(tag) for tag in (*context.tags, *route.tags)]
    return Endpoint(
        path=context.prefix + route.path,
        methods=route.methods,
        kind="http" if http else "websocket",
        handler=handler,
        place=route.place,
        tags=tuple(tag for tag in tags if tag is not None) if route.documented and http else (),
        response_schema=route.documented and has_response_schema(machine, route, value, infer=infer),
        described=_described(route, value),
        deprecated=http and (context.deprecated or truth(settled(route.deprecated)) is True),
        in_schema=context.in_schema and route.in_schema is not False and http,
        includes=(*context.includes, *route.includes),
        prefixes=(*context.prefixes, *route.prefixes),
        conditions=(*context.conditions, *route.conditions),
        dependencies=(*context.dependencies, *route.dependencies),
        root=context.root,
        app=context.app,
        route=route,
        defaults=(*context.defaults, *route.defaults),
    )


def _handler(value: Value) -> Handler | None:
    """The function behind methods, partials, callable objects and decorators that name what they wrap."""
    outer = _function(value)
    if outer is None:
        return None
    inner = outer
    while isinstance(wrapped := _function(inner.wraps), FunctionObject) and wrapped is not inner:
        inner = wrapped
    if not isinstance(inner.definition, FunctionDef):
        return None
    is_async = outer.definition.is_async if isinstance(outer.definition, FunctionDef) else False
    owner = inner.owner.definition.name if inner.owner else None
    return Handler(inner.module, inner.definition, owner, is_async)


def _function(value: Value) -> FunctionObject | None:
    match value:
        case FunctionObject():
            return value
        case Bound() | Partial() | Descriptor():
            return _function(value.function)
        case InstanceObject():
            return _function(class_member(value.cls, "__call__"))
        case ClassObject():
            return None
        case Choice():
            return next((f for f in map(_function, value.values) if f is not None), None)
    return None


def _described(route: Route, value: Value) -> bool:
    if any(truth(settled(route.options.get(name))) is not False for name in ("summary", "description")):
        return True
    handler = _handler(value)
    return handler is not None and docstring(handler.definition) is not None


def docstring(definition: FunctionDef | ClassDef) -> str | None:
    """The definition's docstring, None where it has none or an empty one."""
    match definition.body[:1]:
        case (Evaluate(value=Constant(value=str() as found)),) if found.strip():
            return found
    return None


def _unknown(missed: Missed) -> Unknown:
    return Unknown(missed.what, missed.place.module.location(missed.place.node), missed.why)
