"""The routes that a running FastAPI app has: the truth that the resolver is held to."""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import inspect
import sys
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from textwrap import dedent
from typing import Any, NamedTuple

import fastapi.routing
from fastapi import FastAPI
from fastapi.dependencies import models
from fastapi.routing import APIRoute
from packaging.version import Version
from starlette._utils import is_async_callable
from starlette.applications import Starlette
from starlette.routing import Host, Mount, Router, WebSocketRoute

from archlint.service.api.operations import Operations
from archlint.service.api.routes import Runtime, resolve_routes
from archlint.service.semantics.classes import Classes
from archlint.service.semantics.symbols import Symbols
from tests.service.small import modules_of

RUNTIME = Runtime(Version(fastapi.__version__), Version("{}.{}".format(*sys.version_info)))


class Row(NamedTuple):
    """What is compared of one endpoint."""

    path: str
    methods: tuple[str, ...]
    kind: str
    handler: str
    line: int
    is_async: bool
    tags: tuple[str, ...]
    response_schema: bool
    described: bool
    deprecated: bool
    in_schema: bool


def resolved(files: Mapping[str, str]) -> list[Row]:
    """What archlint says of a service of a few files."""
    modules = modules_of(files)
    symbols = Symbols(modules)
    table = resolve_routes(modules, symbols, RUNTIME)
    assert not table.unknown, table.unknown
    operations = Operations(table, symbols, Classes(symbols))
    return [
        Row(
            endpoint.path,
            tuple(sorted(endpoint.methods)),
            endpoint.kind,
            endpoint.handler.definition.name,
            endpoint.handler.location.line,
            endpoint.handler.is_async,
            endpoint.tags,
            endpoint.kind == "http"
            and endpoint.route.documented
            and operations.of(endpoint).answer.has_schema,
            endpoint.described,
            endpoint.deprecated,
            endpoint.in_schema,
        )
        for endpoint in table.endpoints
    ]


def running(files: Mapping[str, str], root: Path) -> list[Row]:
    """What FastAPI serves of the same files, `app/main.py`'s `app` imported in and from `root`."""
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(dedent(text), encoding="utf-8")
    sys.path.insert(0, str(root))
    importlib.invalidate_caches()
    try:
        with contextlib.chdir(root):
            app = importlib.import_module("app.main").app
            asyncio.run(_started(app))
        return list(rows(app))
    finally:
        sys.path.remove(str(root))
        for name in [name for name in sys.modules if name == "app" or name.startswith("app.")]:
            del sys.modules[name]


async def _started(app: FastAPI) -> None:
    async with app.router.lifespan_context(app):
        pass


def rows(app: Starlette | Router, prefix: str = "") -> Iterator[Row]:
    """Every endpoint of the app whose handler is a function of the app's own modules."""
    for route in _flat(app):
        if isinstance(route, Mount | Host):
            inner: Any = route.app
            while not isinstance(inner, Starlette | Router) and hasattr(inner, "app"):
                inner = inner.app
            if isinstance(inner, Starlette | Router):
                yield from rows(inner, prefix + getattr(route, "path", ""))
        elif (endpoint := getattr(route, "endpoint", None)) is not None and _is_ours(endpoint):
            yield _row(route, endpoint, prefix)


def _flat(app: Starlette | Router) -> Iterator[Any]:
    contexts = getattr(fastapi.routing, "iter_route_contexts", None)
    if contexts is None:
        yield from app.routes
        return
    for context in contexts(app.routes):
        yield context._effective_route


def _is_ours(endpoint: Any) -> bool:
    module = inspect.getmodule(inspect.unwrap(_code(endpoint)))
    return module is not None and module.__name__.partition(".")[0] == "app"


def _code(endpoint: Any) -> Any:
    while hasattr(endpoint, "func"):
        endpoint = endpoint.func
    endpoint = inspect.unwrap(endpoint)
    return endpoint if inspect.isroutine(endpoint) else type(endpoint).__call__


def _row(route: Any, endpoint: Any, prefix: str) -> Row:
    function = inspect.unwrap(_code(endpoint))
    lines, first = inspect.getsourcelines(function)
    offset = next(i for i, text in enumerate(lines) if text.lstrip().startswith(("def ", "async def ")))
    websocket = isinstance(getattr(route, "original_route", route), WebSocketRoute)
    return Row(
        prefix + route.path,
        tuple(sorted((getattr(route, "methods", None) or set()) - _implied_head(route))),
        "websocket" if websocket else "http",
        function.__name__,
        first + offset,
        _is_async(route, endpoint),
        tuple(str(tag) for tag in getattr(route, "tags", None) or ()),
        getattr(route, "response_field", None) is not None,
        _described(route, endpoint, function),
        bool(getattr(route, "deprecated", None)),
        not websocket and bool(getattr(route, "include_in_schema", True)),
    )


def _is_async(route: Any, endpoint: Any) -> bool:
    """Whether the framework runs it on the event loop; a generator of FastAPI's streams from there."""
    if not isinstance(getattr(route, "original_route", route), APIRoute):
        return bool(is_async_callable(endpoint))
    return any(_fastapi_says(kind, endpoint) for kind in ("is_coroutine_callable", "is_async_gen_callable"))


def _fastapi_says(kind: str, endpoint: Any) -> bool:
    """FastAPI's own answer, which was a property of `Dependant` before it became a function beside it."""
    if hasattr(models.Dependant, kind):
        return bool(getattr(models.Dependant(call=endpoint), kind))
    return bool(getattr(models, f"_{kind}")(endpoint))


def _described(route: Any, endpoint: Any, function: Any) -> bool:
    """A partial has a docstring of its own, which says nothing of the endpoint."""
    documented = not isinstance(endpoint, partial) and getattr(route, "description", None)
    return bool(getattr(route, "summary", None) or documented or function.__doc__)


def _implied_head(route: Any) -> set[str]:
    """Starlette's own routes answer HEAD wherever they answer GET."""
    api = isinstance(getattr(route, "original_route", route), fastapi.routing.APIRoute)
    return set() if api or not hasattr(route, "methods") or hasattr(route, "response_field") else {"HEAD"}
