"""Where an app serves its OpenAPI document, Swagger UI and ReDoc.

By default FastAPI serves them at `/openapi.json`, `/docs` and `/redoc` (`fastapi/applications.py`); without
the document there are no pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import Attribute, Call, Constant, Expression, FunctionDef, Name, Operator, Return
from archlint.facts.traversal import all_nodes, dotted
from archlint.findings import Link, Location, Severity, Unknown
from archlint.service.api.operations import Operation, Operations
from archlint.service.api.registered import Mount
from archlint.service.api.response_kinds import ResponseKind, undocumented
from archlint.service.api.root_paths import argument_place, given_argument
from archlint.service.api.routes import App, Endpoint, RouteTable
from archlint.service.interpreter.values import (
    UNTOLD,
    Choice,
    Configured,
    Unresolved,
    Value,
    options,
    settled,
    text,
    truth,
    usual,
)
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbols

DEFAULTS = {"openapi_url": "/openapi.json", "docs_url": "/docs", "redoc_url": "/redoc"}
_OPERATIONAL = ("/", "/health", "/healthz", "/ready", "/readyz", "/live", "/livez", "/metrics", "/ping")


class OpenAPIPage(Struct, frozen=True):
    """Where an app serves one of the three: `path` is None where it is switched off.

    `setting` decides it: its name, "" where that is not told, None where nothing is configured. `default`
    is where it gets its default.
    """

    app: App
    mount: str
    path: str | None
    location: Location
    setting: str | None = None
    default: Location | None = None

    @property
    def where(self) -> str:
        """How people would say it."""
        unless = "" if self.setting is None else f" unless {self.setting or 'a setting'} says otherwise"
        return (f"at `{self.path}`" if self.path else "switched off") + unless

    @property
    def severity(self) -> Severity | None:
        """None for the rule's own; a warning where a setting decides."""
        return None if self.setting is None else Severity.WARNING

    @property
    def chain(self) -> tuple[Link, ...]:
        """Where the setting has its default."""
        return (Link(self.default, f"the default of {self.setting}"),) if self.default else ()


_HIDING = re.compile("the (endpoints|routers|routes) |the endpoints$|an included router$|a mounted app$")
"""What may hide endpoints altogether, and not only how one of them is called."""


class OpenAPIPages(Struct, eq=False, frozen=True, dict=True):
    """The documents and pages of a service's apps."""

    routes: RouteTable
    operations: Operations
    symbols: Symbols

    def at(self, argument: str) -> Iterator[OpenAPIPage | Unknown]:
        """Where each app with an API serves the document or page that `argument` of `FastAPI(…)` places.

        Where settings decide, what happens when nobody configures the service is what counts.
        """
        for app, mount, mounted in _apps(self.routes):
            if self._has_api(app, mount, mounted):
                yield self._page(app, mount, argument)

    def misplaced(self, argument: str) -> Iterator[OpenAPIPage | Unknown]:
        """Where Swagger UI or ReDoc is not where people look, and the service serves none by hand there.

        An app that has no document has no pages either: that is one mistake, and not this one.
        """
        for page in self.at(argument):
            if isinstance(page, Unknown):
                yield page
            elif not _is_expected(page, argument) and id(page.app.router) not in self._bare:
                yield from self.unserved(page, argument)

    def unserved(self, page: OpenAPIPage, argument: str) -> Iterator[OpenAPIPage | Unknown]:
        """The page, unless the service has an endpoint of its own where it belongs."""
        path = page.mount + DEFAULTS[argument]
        read = [endpoint for endpoint in self.routes.endpoints if "GET" in endpoint.methods]
        own = next((e for e in read if e.path == path and _shown(e) in {None, argument}), None)
        if own is not None:
            if own.conditions:
                yield Unknown(f"`{path}`", own.location, "it is served only under a condition")
            return
        by_hand = [e for e in read if e.app.router is page.app.router and _shown(e) == argument]
        missed = next((one for one in self.routes.unknown if _HIDING.match(one.what)), None)
        if page.path is None and not by_hand and missed is not None:
            yield Unknown(f"`{path}`", missed.location, missed.why)
            return
        if page.path is None and by_hand and all(e.conditions for e in by_hand):
            yield Unknown(f"`{path}`", by_hand[0].location, "it is served only under a condition")
            return
        yield replace(page, path=by_hand[0].path, setting=None) if by_hand and page.path is None else page

    @cached_property
    def documented(self) -> tuple[Operation, ...]:
        """The operations that an OpenAPI document shows: those of apps without one are no part of any."""
        return tuple(operation for operation in self.operations if self._is_documented(operation))

    def _is_documented(self, operation: Operation) -> bool:
        endpoint = operation.endpoint
        is_shown = bool(endpoint.in_schema and endpoint.route.documented)
        return is_shown and id(endpoint.app.router) not in self._bare

    @cached_property
    def _bare(self) -> frozenset[int]:
        """The routers of the apps whose document is off, by identity."""
        read = (self._page(app, mount, "openapi_url") for app, mount, _ in _apps(self.routes))
        off = [page for page in read if isinstance(page, OpenAPIPage) and page.path is None]
        missing = [one for page in off for one in self.unserved(page, "openapi_url")]
        return frozenset(id(page.app.router) for page in missing if isinstance(page, OpenAPIPage))

    def _has_api(self, app: App, mount: str, mounted: bool) -> bool:
        """Whether it answers with data for a documentation, or archlint sees no endpoint of it."""
        apart = {mount + path for path in (*DEFAULTS.values(), *_OPERATIONAL)}
        own = [o for o in self.operations if o.endpoint.app.router is app.router]
        if all(o.endpoint.path.removeprefix(mount) in DEFAULTS.values() for o in own):
            entries = (one for entry in app.router.routes for one in options(entry))
            has_others = bool(app.router.missed) or any(isinstance(one, Mount) for one in entries)
            return not mounted and not has_others
        public = (o for o in own if o.endpoint.in_schema and o.endpoint.path not in apart)
        return any(o.answer.has_schema or undocumented(o, self.symbols) is ResponseKind.DATA for o in public)

    def _page(self, app: App, mount: str, argument: str) -> OpenAPIPage | Unknown:
        where = argument_place(app, argument)
        value = app.router.keywords.get(argument, DEFAULTS[argument])
        found = usual(value)
        path = text(found)
        if path is None and found is not None and found is not False:
            why = found.why if isinstance(found, Unresolved) else UNTOLD.why
            return Unknown(f"`{argument}`", where, why)
        return OpenAPIPage(app, mount, path or None, where, *_decided(value, given_argument(app, argument)))


def _decided(value: Value, written: Expression | None) -> tuple[str | None, Location | None]:
    """The setting that decides a value, or the name that is asked for it, and where its default stands."""
    if isinstance(value, Configured):
        place = value.place.module.location(value.place.node) if value.place else None
        return f"`{value.source.lstrip('$')}`", place
    return (_asked(written) if isinstance(value, Choice) else None), None


def _asked(written: Expression | None) -> str:
    """What a conditional expression asks: `settings.debug` of `url if settings.debug else None`."""
    if not (isinstance(written, Operator) and written.operator == "if" and len(written.parts) == 3):
        return ""
    names = (dotted(node) for node in all_nodes(written.parts[1]) if isinstance(node, Name | Attribute))
    return next((f"`{name}`" for name in names if name), "")


def shows_documentation(endpoint: Endpoint) -> bool:
    """Whether the endpoint is a page or document of documentation made by hand, or only leads to one."""
    return _shown(endpoint) is not None or _leads_to_documentation(endpoint)


def _leads_to_documentation(endpoint: Endpoint) -> bool:
    """Whether all that a hidden endpoint does is to redirect to a page of documentation."""
    definition = endpoint.handler.definition
    body = definition.body if isinstance(definition, FunctionDef) and endpoint.in_schema is False else ()
    returned = [one.value for one in body if isinstance(one, Return) and isinstance(one.value, Call)]
    if len(returned) != 1 or last_name(returned[0].func) != "RedirectResponse":
        return False
    return any(
        node.attr in _PAGES
        if isinstance(node, Attribute)
        else isinstance(node, Constant) and isinstance(node.value, str) and _LEADS.search(node.value)
        for node in all_nodes(returned[0])
    )


def _shown(endpoint: Endpoint) -> str | None:
    """What the endpoint's handler makes, by the functions that it calls: an argument's page, or another."""
    return _page(endpoint.handler.module.source, endpoint.handler.definition)


@function_summary
def _page(source: PythonSource, definition: FunctionDef) -> str | None:
    called = {last_name(node.func) or "" for node in all_nodes(definition) if type(node) is Call}
    if not called.isdisjoint({"get_openapi", "openapi"}):
        return "openapi_url"
    return next((page for part, page in _MAKERS.items() if any(part in name for name in called)), None)


_PAGES = frozenset({"docs_url", "redoc_url"})
_LEADS = re.compile(r"/(docs|redoc|swagger|scalar)/?$")
_MAKERS = {
    "swagger_ui_html": "docs_url",
    "swagger_ui_oauth2_redirect_html": "",
    "redoc_html": "redoc_url",
    "rapidoc_html": "",
    "scalar_api_reference": "",
}
"""Part of the names of the functions that make pages of documentation, and of those that go by them."""


def _apps(routes: RouteTable) -> Iterator[tuple[App, str, bool]]:
    """Every app, the path that it is mounted under, and whether it is."""
    yield from ((app, "", False) for app in routes.apps)
    yield from ((app, path, True) for app, path in routes.mounted)


def _is_expected(page: OpenAPIPage, argument: str) -> bool:
    """Whether it is at its address, or behind a root path, which a proxy takes away.

    A slash more at the end does no harm: FastAPI redirects to it, unless it is told not to.
    """
    given = page.app.router.keywords
    path = page.path or ""
    if truth(settled(given.get("redirect_slashes", True))):
        path = path.rstrip("/")
    root = (text(given.get("root_path")) or "").rstrip("/")
    return path in {DEFAULTS[argument], root + DEFAULTS[argument]}
