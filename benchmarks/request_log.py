"""A pytest plugin that writes down which endpoints the tests of a service really request.

    PYTHONPATH=<this folder> REQUEST_LOG=log.json pytest -p request_log

It needs nothing but the service's own Starlette, and wraps the one method through which every route answers.
"""

from __future__ import annotations

import inspect
import json
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from starlette import routing

_SEEN: set[tuple[str, str, str]] = set()


def _logged(handle: Callable[..., Any]) -> Callable[..., Any]:
    async def log(self: Any, scope: Any, receive: Any, send: Any) -> None:
        _note(self, scope)
        await handle(self, scope, receive, send)

    return log


def _note(route: Any, scope: Any) -> None:
    """Method, file and name of the handler; a request that the route refuses by its method is none of it."""
    method = scope.get("method", "WebSocket")
    methods = getattr(route, "methods", None)
    function = inspect.unwrap(getattr(route.endpoint, "func", route.endpoint))
    code = getattr(function, "__code__", None)
    if code is not None and (methods is None or method in methods):
        _SEEN.add((method, code.co_filename, function.__name__))


def _classes(cls: type) -> Iterable[type]:
    yield cls
    for inner in cls.__subclasses__():
        yield from _classes(inner)


def pytest_configure(config: Any) -> None:
    """Wrap `handle` wherever a class of routes defines it."""
    __import__("fastapi.routing")
    for base in (routing.Route, routing.WebSocketRoute):
        for cls in _classes(base):
            if "handle" in vars(cls):
                setattr(cls, "handle", _logged(vars(cls)["handle"]))  # noqa: B010


def pytest_sessionfinish(session: Any) -> None:
    """Write the log."""
    Path(os.environ["REQUEST_LOG"]).write_text(json.dumps(sorted(_SEEN)), encoding="utf-8")
