"""The OpenAPI document of a service, from its source."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from archlint.service.api.operations import Operations
from archlint.service.api.registered import Router
from archlint.service.api.routes import App, Endpoint, RouteTable
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.values import Value, settled, text
from archlint.service.openapi.json_schemas import JsonSchemas
from archlint.service.openapi.json_values import UNKNOWN_KEY, JSONSchema, UntoldValue, json_value
from archlint.service.openapi.library_versions import DocumentVersions
from archlint.service.openapi.naming import PREFIX, renamed, wrapped
from archlint.service.openapi.paths import PathItems, path_format

_INFO = {
    "summary": "summary",
    "description": "description",
    "terms_of_service": "termsOfService",
    "contact": "contact",
    "license_info": "license",
}
_ROOT = {"servers": "servers", "openapi_tags": "tags", "openapi_external_docs": "externalDocs"}


class ApiDocument(Struct, frozen=True, dict=True):
    """A document, with the endpoints that its operations are of, and what the source does not tell.

    `operations` has the endpoint by path and lower-case method, `models` the types of the component schemas
    by their names. `unknown` has a JSON pointer and a reason for each gap.
    """

    content: JSONSchema
    operations: dict[tuple[str, str], Endpoint]
    models: dict[str, Any]
    unknown: tuple[tuple[str, str], ...]

    @property
    def replaced(self) -> str | None:
        """Why the app gives another one: by an `openapi()` of its own, or by versions of before."""
        return next((why for pointer, why in self.unknown if pointer == "#"), None)

    @property
    def gaps(self) -> tuple[tuple[str, str], ...]:
        """What is unknown of that which a client depends on, so not of title and version."""
        return tuple((pointer, why) for pointer, why in self.unknown if pointer != "#/info")


class Documents:
    """The documents of a service's apps."""

    def __init__(
        self,
        routes: RouteTable,
        operations: Operations,
        libraries: DocumentVersions,
    ) -> None:
        self._routes = _unconditional(routes)
        self._operations = operations
        self._libraries = libraries

    @cached_property
    def main(self) -> ApiDocument | None:
        """That of the app with the most operations of its own, as `app.openapi()` gives it; None without one.

        What an app mounts has a document of its own, so it may be the larger one.
        """
        documented = [e for e in self._routes.endpoints if e.in_schema and e.kind == "http"]
        if not documented:
            return self.of(self._apps[0]) if self._apps else None
        own = Counter(id(endpoint.app.router) for endpoint in documented)
        largest, _ = own.most_common(1)[0]
        return self.of(next(e.app for e in documented if id(e.app.router) == largest))

    @cached_property
    def whole(self) -> ApiDocument | None:
        """That of the same app with all that is mounted in it, as clients see it; None without an app."""
        apps = self._apps
        return self.of(apps[0], mounted=True) if apps else None

    def of(self, app: App, *, mounted: bool = False) -> ApiDocument:
        """The document of one app; `mounted` adds what is mounted in it."""
        return app_document(app, self._routes, self._operations, self._libraries, mounted=mounted)

    @property
    def _apps(self) -> list[App]:
        """The apps that a server can start, the one with the most endpoints first."""
        served = Counter(id(endpoint.root.router) for endpoint in self._routes.endpoints)
        return sorted(self._routes.apps, key=lambda app: -served[id(app.router)])


def _unconditional(routes: RouteTable) -> RouteTable:
    """The table without the endpoints that are there only when somebody configures them."""
    return replace(routes, endpoints=tuple(one for one in routes.endpoints if one.is_usual))


def app_document(
    app: App,
    routes: RouteTable,
    operations: Operations,
    libraries: DocumentVersions,
    *,
    mounted: bool = False,
) -> ApiDocument:
    """What `app.openapi()` gives; `mounted` adds what is mounted in the app, under its whole path."""
    own = [e for e in routes.endpoints if e.in_schema and e.kind == "http" and e.route.documented]
    if mounted:
        served = [(endpoint.path, endpoint) for endpoint in own if endpoint.root.router is app.router]
    else:
        served = [(_inner_path(e), e) for e in own if e.app.router is app.router]
    split = settled(app.router.keywords.get("separate_input_output_schemas", True)) is not False
    split = split and libraries.has_fastapi("0.101")
    making = JsonSchemas(operations.types, operations.schemas, libraries, split=split)
    paths = PathItems(routes, operations, making, libraries)
    found: JSONSchema = {}
    endpoints: dict[tuple[str, str], Endpoint] = {}
    for path, endpoint in served:
        shown = path_format(path)
        for method, operation in paths.operations_of(endpoint, _inner_path(endpoint)):
            found.setdefault(shown, {})[method] = operation  # of two at one place FastAPI shows the later
            endpoints[shown, method] = endpoint
    webhooks: JSONSchema = {}
    for endpoint in routes.described(app, _webhooks(app)):
        webhooks.setdefault(endpoint.path, {}).update(paths.operations_of(endpoint, endpoint.path))
    names, schemas = making.named()
    if paths.validates:
        schemas |= _validation_errors(libraries)
    content = _without_none(
        _assembled(app, renamed(found, names), dict(sorted(schemas.items())), paths.security, libraries)
        | ({"webhooks": renamed(webhooks, names)} if webhooks else {})
    )
    if not libraries.has_pydantic("2.9"):
        content = wrapped(content)
    models = {names[key]: origin for key, origin in making.origins.items()}
    whole = (*_replaced(app), *_foreign(libraries))
    return ApiDocument(content, endpoints, models, (*whole, *_unknown(content, "#")))


def narrowed(content: JSONSchema, prefix: str) -> JSONSchema:
    """The document with the paths at or below a prefix alone, and the components that these need."""
    prefix = prefix.rstrip("/")
    paths = {p: item for p, item in content["paths"].items() if p == prefix or p.startswith(f"{prefix}/")}
    known = content.get("components", {}).get("schemas", {})
    needed: set[str] = set()
    pending = set(references(paths))
    while pending:
        name = pending.pop()
        if name in known and name not in needed:
            needed.add(name)
            pending |= set(references(known[name]))
    asked = {
        name for item in paths.values() for op in item.values() for n in op.get("security", ()) for name in n
    }
    schemes = content.get("components", {}).get("securitySchemes", {})
    components = {
        "schemas": {name: schema for name, schema in known.items() if name in needed},
        "securitySchemes": {name: scheme for name, scheme in schemes.items() if name in asked},
    }
    narrow = {
        **content,
        "components": {name: part for name, part in components.items() if part},
        "paths": paths,
    }
    return {key: value for key, value in narrow.items() if value or key != "components"}


def references(value: Any) -> Iterator[str]:
    """The names of the component schemas that a part of a document refers to."""
    match value:
        case dict():
            for item in value.values():
                yield from references(item)
        case list():
            for item in value:
                yield from references(item)
        case str() if value.startswith(PREFIX):
            yield value.removeprefix(PREFIX)


def _inner_path(endpoint: Endpoint) -> str:
    """The path within the app that it belongs to, which may be mounted in another."""
    mounts = [
        prefix
        for place, prefix in zip(endpoint.includes, endpoint.prefixes, strict=False)
        if _is_mount(place)
    ]
    if endpoint.app is endpoint.root or not mounts:
        return endpoint.path
    return endpoint.path.removeprefix("".join(mounts))


def _is_mount(place: Any) -> bool:
    func = getattr(place.node, "func", None)
    return getattr(func, "attr", "") == "mount"


def _webhooks(app: App) -> list[Value]:
    """The routes of `app.webhooks`, or of the router that the app was given for them."""
    router = app.router.attributes.get("webhooks") or settled(app.router.keywords.get("webhooks"))
    return router.routes if isinstance(router, Router) else []


def _assembled(
    app: App, paths: JSONSchema, schemas: JSONSchema, security: JSONSchema, libraries: DocumentVersions
) -> JSONSchema:
    keywords = app.router.keywords
    info: JSONSchema = {"title": text(keywords.get("title")) or "FastAPI"}
    info["version"] = text(keywords.get("version")) or "0.1.0"
    untold = [name for name in ("title", "version") if name in keywords and not text(keywords[name])]
    info |= UntoldValue(f"the source does not tell its {' and '.join(untold)}") if untold else {}
    info |= {name: json_value(keywords[key]) for key, name in _INFO.items() if settled(keywords.get(key))}
    content: JSONSchema = {"openapi": "3.1.0", "info": info}
    components: JSONSchema = {"schemas": schemas} if schemas else {}
    components |= {"securitySchemes": security} if security else {}
    content |= {"components": components} if components else {}
    content["paths"] = paths
    root = {name: json_value(keywords[key]) for key, name in _ROOT.items() if settled(keywords.get(key))}
    if not libraries.has_fastapi("0.117"):
        root.pop("externalDocs", None)
    return content | root


def _validation_errors(libraries: DocumentVersions) -> JSONSchema:
    properties: JSONSchema = {
        "loc": {
            "title": "Location",
            "type": "array",
            "items": {"anyOf": [{"type": "string"}, {"type": "integer"}]},
        },
        "msg": {"title": "Message", "type": "string"},
        "type": {"title": "Error Type", "type": "string"},
    }
    if libraries.has_fastapi("0.128.1"):
        properties |= {"input": {"title": "Input"}, "ctx": {"title": "Context", "type": "object"}}
    error = {"title": "ValidationError", "type": "object", "properties": properties}
    detail = {"title": "Detail", "type": "array", "items": {"$ref": "#/components/schemas/ValidationError"}}
    return {
        "ValidationError": {**error, "required": ["loc", "msg", "type"]},
        "HTTPValidationError": {
            "title": "HTTPValidationError",
            "type": "object",
            "properties": {"detail": detail},
        },
    }


def _without_none(value: Any) -> Any:
    """FastAPI leaves out what is null, at any depth."""
    match value:
        case dict():
            return {key: _without_none(item) for key, item in value.items() if item is not None}
        case list():
            return [_without_none(item) for item in value]
    return value


def _replaced(app: App) -> Iterator[tuple[str, str]]:
    """The gap that an app's own `openapi()` is: what it makes of FastAPI's document is not known."""
    own = app.router.cls is not None and class_member(app.router.cls, "openapi") is not None
    if own or "openapi" in app.router.attributes:
        yield "#", "the app has an `openapi()` of its own, and this is what FastAPI's would give"


def _foreign(libraries: DocumentVersions) -> Iterator[tuple[str, str]]:
    """The gap that versions make whose documents are of another form: these are followed no further."""
    if not libraries.has_pydantic("2"):
        yield "#", "the service runs on Pydantic 1, and these are the schemas that Pydantic 2 would give"
    elif not libraries.has_pydantic("2.4"):
        yield "#", "the service runs on Pydantic before 2.4, and these are the schemas that 2.4 would give"
    if not libraries.has_fastapi("0.99"):
        yield "#", "FastAPI before 0.99 writes OpenAPI 3.0, and this is 3.1"


def _unknown(value: Any, pointer: str) -> Iterator[tuple[str, str]]:
    match value:
        case dict():
            if isinstance(value.get(UNKNOWN_KEY), str):
                yield pointer, value[UNKNOWN_KEY]
            for key, item in value.items():
                yield from _unknown(item, f"{pointer}/{str(key).replace('~', '~0').replace('/', '~1')}")
        case list():
            for index, item in enumerate(value):
                yield from _unknown(item, f"{pointer}/{index}")
