"""`archlint routes` prints what the service model resolves."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.command_line import Run, write

FILES: dict[str, str | bytes] = {
    "app/main.py": """\
        from fastapi import APIRouter, FastAPI

        router = APIRouter(prefix="/api/v1", tags=["users"])

        @router.get("/users")
        async def users() -> list[str]:
            "All of them."
            return []

        app = FastAPI()
        app.include_router(router)
        """
}


def test_json(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    result = run("routes", "--format", "json")
    assert (result.code, result.err) == (0, "")
    assert json.loads(result.out) == {
        "routes": [
            {
                "path": "/api/v1/users",
                "methods": ["GET"],
                "kind": "http",
                "handler": "app.main:users",
                "file": "app/main.py",
                "line": 6,
                "async": True,
                "tags": ["users"],
                "response_schema": True,
                "described": True,
                "deprecated": False,
                "in_schema": True,
                "app": "app.main:app",
                "served": True,
                "conditions": [],
                "service": ".",
            }
        ],
        "unknown": [],
    }


def test_text(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert run("routes", "app").out.splitlines() == [
        "Service at the repository's root",
        "  v1",
        "    GET  /api/v1/users  app.main:users  app/main.py:6",
        "1 endpoint, 0 unknown",
    ]


MORE: dict[str, str | bytes] = {
    "app/main.py": """\
        import os

        from fastapi import APIRouter, FastAPI, WebSocket

        from app.users import router

        app = FastAPI()
        second = FastAPI()

        @app.get("/health", include_in_schema=False)
        async def health() -> str:
            return "ok"

        @app.websocket("/stream")
        async def stream(socket: WebSocket) -> None:
            await socket.accept()

        @second.post("/jobs", deprecated=True)
        async def start() -> int:
            return 1

        api = APIRouter(prefix="/api")
        api.include_router(router, prefix="/v1")
        app.include_router(api)
        app.mount("/api/v2", second)
        app.include_router(router, prefix=os.environ["PREFIX"])
        """,
    "app/users.py": """\
        from fastapi import APIRouter

        router = APIRouter(prefix="/users")

        @router.get("")
        async def users() -> list[str]:
            return []

        @router.patch("/{user_id}")
        async def change(user_id: int) -> None:
            return None
        """,
}
UNKNOWN = "  unknown: an included router's prefix: environment variable `PREFIX` (app/main.py:26:1)"


def test_text_by_version_with_notes(run: Run, tmp_path: Path) -> None:
    write(tmp_path, MORE)
    assert run("routes").out.splitlines() == [
        "Service at the repository's root",
        "  without a version",
        "    GET        /health                  app.main:health   app/main.py:11   (hidden)",
        "    WEBSOCKET  /stream                  app.main:stream   app/main.py:15",
        "  v1",
        "    GET        /api/v1/users            app.users:users   app/users.py:6",
        "    PATCH      /api/v1/users/{user_id}  app.users:change  app/users.py:10",
        "  v2",
        "    POST       /api/v2/jobs             app.main:start    app/main.py:19   (deprecated)",
        UNKNOWN,
        "5 endpoints, 1 unknown",
    ]


def test_tree(run: Run, tmp_path: Path) -> None:
    write(tmp_path, MORE)
    assert run("routes", "--format", "tree").out.splitlines() == [
        "Service at the repository's root",
        "  FastAPI app  app/main.py:7",
        "  ├─ GET /health  health  app/main.py:11  (hidden)",
        "  ├─ WEBSOCKET /stream  stream  app/main.py:15",
        "  ├─ no prefix  includes api  app/main.py:24",
        "  │  └─ /api/v1  includes router  app/main.py:23",
        "  │     ├─ GET /users  users  app/users.py:6",
        "  │     └─ PATCH /users/{user_id}  change  app/users.py:10",
        "  └─ /api/v2  mounts second  app/main.py:25",
        "     └─ POST /jobs  start  app/main.py:19  (deprecated)",
        UNKNOWN,
    ]


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        (("--method", "patch"), ["/api/v1/users/{user_id}"]),
        (("--method", "websocket", "--method", "POST"), ["/stream", "/api/v2/jobs"]),
        (("--path", "users"), ["/api/v1/users", "/api/v1/users/{user_id}"]),
        (("--path", "/api/v1/*"), ["/api/v1/users", "/api/v1/users/{user_id}"]),
        (("--path", "/api/v1"), ["/api/v1/users", "/api/v1/users/{user_id}"]),
        (("--path", "*/users"), ["/api/v1/users"]),
        (("--unversioned",), ["/health", "/stream"]),
        (("--unversioned", "--method", "PUT"), []),
    ],
)
def test_filters(run: Run, tmp_path: Path, options: tuple[str, ...], paths: list[str]) -> None:
    write(tmp_path, MORE)
    result = run("routes", "--format", "json", *options)
    assert [route["path"] for route in json.loads(result.out)["routes"]] == paths


@pytest.mark.parametrize(
    ("place", "count"),
    [("app/users.py", 2), ("app/main.py", 5), ("app", 5), (".", 5), ("app/__init__.py", 0)],
)
def test_of_a_file_what_is_registered_or_included_there(
    run: Run, tmp_path: Path, place: str, count: int
) -> None:
    write(tmp_path, MORE | {"app/__init__.py": ""})
    result = json.loads(run("routes", "--format", "json", place).out)
    assert (len(result["routes"]), len(result["unknown"])) == (count, 0 if count < 5 else 1)


def test_nothing_left(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert run("routes", "--method", "PUT").out.splitlines() == [
        "Service at the repository's root",
        "0 endpoints, 0 unknown",
    ]


@pytest.mark.parametrize(
    "command", ["routes", "schema", "report", "openapi", "graph", "baseline", "init", "check"]
)
def test_no_service(run: Run, command: str) -> None:
    result = run(command)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("archlint: error: no service found in .: ")


def test_an_unknown_method_is_an_error_with_a_proposal(run: Run) -> None:
    result = run("routes", "--method", "gte")
    assert (result.code, result.err) == (
        2,
        "archlint: error: --method `GTE` is no method; did you mean `GET`?\n",
    )
