"""Where an app serves its OpenAPI document, Swagger UI and ReDoc.

By default FastAPI serves them at `/openapi.json`, `/docs` and `/redoc` (`fastapi/applications.py`); without
the document there are no pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from archlint.facts.syntax import Call
from archlint.findings import Location, Unknown
from archlint.service.evaluation.values import Choice, Unresolved, Value, settled, text
from archlint.service.evaluation.web import Include, Mount, Router
from archlint.service.routes import App, Endpoint, RouteTable

DEFAULTS = {"openapi_url": "/openapi.json", "docs_url": "/docs", "redoc_url": "/redoc"}
_OPERATIONAL = ("/", "/health", "/healthz", "/ready", "/readyz", "/live", "/livez", "/metrics", "/ping")


@dataclass(frozen=True, slots=True)
class Page:
    """Where an app serves one of the three: `path` is None where it is switched off."""

    app: App
    mount: str
    path: str | None
    location: Location


def pages(routes: RouteTable, by_default: RouteTable, argument: str) -> Iterator[Page | Unknown]:
    """Where each app with a public API serves the document or page that `argument` of `FastAPI(…)` places.

    `by_default` are the routes when nobody configures the service: what they say of an address that settings
    decide is what counts.
    """
    defaults = {id(app.router.place.node): app for app, _ in apps(by_default)}
    for app, mount in apps(routes):
        if not _is_public(app, routes, mount):
            continue
        value = app.router.keywords.get(argument, DEFAULTS[argument])
        if isinstance(value, Choice | Unresolved) or _may_be_given(app, argument):
            twin = defaults.get(id(app.router.place.node), app)
            value = twin.router.keywords.get(argument, value)
        yield _page(app, mount, argument, value)


def apps(routes: RouteTable) -> Iterator[tuple[App, str]]:
    """Every app with the path that it is mounted under, empty for those that a server runs."""
    for app in routes.apps:
        yield app, ""
        yield from _mounted(app.router, "", ())


def misplaced(routes: RouteTable, by_default: RouteTable, argument: str) -> Iterator[Page | Unknown]:
    """Where Swagger UI or ReDoc is not where people look for it, and the service serves none by hand there.

    An app that has no document has no pages either: that is one mistake, and not this one.
    """
    documents = pages(routes, by_default, "openapi_url")
    bare = {id(page.app.router) for page in documents if isinstance(page, Page) and page.path is None}
    for page in pages(routes, by_default, argument):
        if isinstance(page, Unknown):
            yield page
            continue
        if page.path in _expected(page.app, argument) or _is_implied(page, argument, bare):
            continue
        own = handmade(routes, page.mount + DEFAULTS[argument])
        if own is None:
            yield page
        elif own.conditions:
            yield Unknown(f"`{DEFAULTS[argument]}`", own.location, "it is served only under a condition")


def handmade(routes: RouteTable, path: str) -> Endpoint | None:
    """The service's own endpoint that answers under a path, if it has one."""
    return next((e for e in routes.endpoints if e.path == path and "GET" in e.methods), None)


def _mounted(router: Router, prefix: str, above: tuple[Router, ...]) -> Iterator[tuple[App, str]]:
    if router in above:
        return
    for entry in router.routes:
        if isinstance(entry, Include):
            yield from _mounted(entry.router, prefix + entry.prefix, (*above, router))
        elif isinstance(entry, Mount):
            if entry.app.is_app:
                yield App(entry.app), prefix + entry.path
            yield from _mounted(entry.app, prefix + entry.path, (*above, router))


def _expected(app: App, argument: str) -> set[str]:
    """The address, and the same behind a root path, which is what a proxy takes away."""
    root = text(app.router.keywords.get("root_path")) or ""
    return {DEFAULTS[argument], root.rstrip("/") + DEFAULTS[argument]}


def _is_implied(page: Page, argument: str, bare: set[int]) -> bool:
    """Whether the page is off only because the app has no document."""
    return id(page.app.router) in bare and argument not in page.app.router.keywords


def _is_public(app: App, routes: RouteTable, mount: str) -> bool:
    """Whether the app has endpoints that belong into a documentation, or none at all that archlint sees."""
    pages = {mount + path for path in DEFAULTS.values()}
    http = (e for e in routes.endpoints if e.app.router is app.router and e.kind == "http")
    own = [endpoint for endpoint in http if endpoint.path not in pages]
    if not own:
        return not mount and not any(isinstance(entry, Mount) for entry in app.router.routes)
    return any(e.in_schema and e.path.removeprefix(mount) not in _OPERATIONAL for e in own)


def _may_be_given(app: App, argument: str) -> bool:
    """Whether the call has a `**` that archlint may not have seen through."""
    node = app.router.place.node
    spread = isinstance(node, Call) and any(keyword.name is None for keyword in node.keywords)
    return spread and argument not in app.router.keywords


def _page(app: App, mount: str, argument: str, value: Value) -> Page | Unknown:
    where = _place(app, argument)
    found = settled(value)
    if found is None or found is False or text(found) == "":
        return Page(app, mount, None, where)
    path = text(found)
    if path is None:
        why = found.why if isinstance(found, Unresolved) else "it depends on what the source does not decide"
        return Unknown(f"`{argument}`", where, why)
    return Page(app, mount, path, where)


def _place(app: App, argument: str) -> Location:
    """The argument, where the call names it."""
    place = app.router.place
    named = [k for k in place.node.keywords if k.name == argument] if isinstance(place.node, Call) else []
    return place.module.location(named[0]) if named else app.location


