"""Where an app serves its OpenAPI document, Swagger UI and ReDoc.

By default FastAPI serves them at `/openapi.json`, `/docs` and `/redoc` (`fastapi/applications.py`); without
the document there are no pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from msgspec import Struct

from archlint.facts.syntax import Call
from archlint.findings import Location, Unknown
from archlint.service.api.operations import Operation, Operations
from archlint.service.api.registered import Mount
from archlint.service.api.response_kinds import Kind, undocumented
from archlint.service.api.routes import App, RouteTable
from archlint.service.interpreter.values import UNTOLD, Choice, Unresolved, settled, text, usual
from archlint.service.semantics.symbols import Symbols

DEFAULTS = {"openapi_url": "/openapi.json", "docs_url": "/docs", "redoc_url": "/redoc"}
_OPERATIONAL = ("/", "/health", "/healthz", "/ready", "/readyz", "/live", "/livez", "/metrics", "/ping")


class Page(Struct, frozen=True):
    """Where an app serves one of the three: `path` is None where it is switched off."""

    app: App
    mount: str
    path: str | None
    location: Location

    @property
    def where(self) -> str:
        """How people would say it."""
        return f"at `{self.path}`" if self.path else "switched off"


class OpenAPIPages(Struct, eq=False, frozen=True, dict=True):
    """The documents and pages of a service's apps."""

    routes: RouteTable
    operations: Operations
    symbols: Symbols

    def at(self, argument: str) -> Iterator[Page | Unknown]:
        """Where each app with an API serves the document or page that `argument` of `FastAPI(…)` places.

        Where settings decide, what happens when nobody configures the service is what counts.
        """
        for app, mount, mounted in _apps(self.routes):
            if self._has_api(app, mount, mounted):
                yield self._page(app, mount, argument)

    def misplaced(self, argument: str) -> Iterator[Page | Unknown]:
        """Where Swagger UI or ReDoc is not where people look, and the service serves none by hand there.

        An app that has no document has no pages either: that is one mistake, and not this one.
        """
        for page in self.at(argument):
            if isinstance(page, Unknown):
                yield page
            elif page.path not in _expected(page.app, argument) and not self._is_implied(page, argument):
                yield from self.unserved(page, argument)

    def unserved(self, page: Page, argument: str) -> Iterator[Page | Unknown]:
        """The page, unless the service has an endpoint of its own where it belongs."""
        path = page.mount + DEFAULTS[argument]
        own = next((e for e in self.routes.endpoints if e.path == path and "GET" in e.methods), None)
        if own is None:
            yield page
        elif own.conditions:
            yield Unknown(f"`{path}`", own.location, "it is served only under a condition")

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
        off = [page for page in read if isinstance(page, Page) and page.path is None]
        missing = [one for page in off for one in self.unserved(page, "openapi_url")]
        return frozenset(id(page.app.router) for page in missing if isinstance(page, Page))

    def _is_implied(self, page: Page, argument: str) -> bool:
        """Whether the page is off only because the app has no document."""
        return id(page.app.router) in self._bare and argument not in page.app.router.keywords

    def _has_api(self, app: App, mount: str, mounted: bool) -> bool:
        """Whether it answers with data for a documentation, or archlint sees no endpoint of it."""
        apart = {mount + path for path in (*DEFAULTS.values(), *_OPERATIONAL)}
        own = [o for o in self.operations if o.endpoint.app.router is app.router]
        if all(o.endpoint.path.removeprefix(mount) in DEFAULTS.values() for o in own):
            return not mounted and not any(isinstance(entry, Mount) for entry in app.router.routes)
        public = (o for o in own if o.endpoint.in_schema and o.endpoint.path not in apart)
        return any(o.answer.has_schema or undocumented(o, self.symbols) is Kind.DATA for o in public)

    def _page(self, app: App, mount: str, argument: str) -> Page | Unknown:
        where = _place(app, argument)
        value = app.router.keywords.get(argument, DEFAULTS[argument])
        found = settled(usual(value) if isinstance(value, Choice) else value)
        if found is None or found is False or text(found) == "":
            return Page(app, mount, None, where)
        path = text(found)
        if path is None:
            why = found.why if isinstance(found, Unresolved) else UNTOLD.why
            return Unknown(f"`{argument}`", where, why)
        return Page(app, mount, path, where)


def _apps(routes: RouteTable) -> Iterator[tuple[App, str, bool]]:
    """Every app, the path that it is mounted under, and whether it is."""
    yield from ((app, "", False) for app in routes.apps)
    yield from ((app, path, True) for app, path in routes.mounted)


def _expected(app: App, argument: str) -> set[str]:
    """The address, and the same behind a root path, which is what a proxy takes away."""
    root = text(app.router.keywords.get("root_path")) or ""
    return {DEFAULTS[argument], root.rstrip("/") + DEFAULTS[argument]}


def _place(app: App, argument: str) -> Location:
    """The argument, where the call names it."""
    place = app.router.place
    named = [k for k in place.node.keywords if k.name == argument] if isinstance(place.node, Call) else []
    return place.module.location(named[0]) if named else app.location
