"""FastAPI's names that several of its modules have, by one of them."""

from __future__ import annotations

from archlint.service.interpreter.values import External

_REEXPORTED = frozenset(
    [
        "FastAPI",
        "APIRouter",
        "Depends",
        "Response",
        "Request",
        "WebSocket",
        "Query",
        "Path",
        "Body",
        "Header",
        "Cookie",
        "Form",
        "File",
        "UploadFile",
        "Security",
        "HTTPException",
        "BackgroundTasks",
    ]
)


_STARLETTE_ROUTING = frozenset(["Host", "Mount", "Route", "Router", "WebSocketRoute"])
"""What `fastapi.routing` takes over from `starlette.routing`."""


def canonical(value: External) -> External:
    """FastAPI's public names by their one short name: `fastapi.routing.APIRouter` is `fastapi.APIRouter`."""
    package, _, name = value.name.rpartition(".")
    if package in {"fastapi.routing", "fastapi.routing.routing"} and name in _STARLETTE_ROUTING:
        return External(f"starlette.routing.{name}")
    return External(f"fastapi.{name}") if package.startswith("fastapi.") and name in _REEXPORTED else value
