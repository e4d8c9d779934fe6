"""`archlint routes` prints what the service model resolves."""

from __future__ import annotations

import json
from pathlib import Path

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
                "service": ".",
            }
        ],
        "unknown": [],
    }


def test_text(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert run("routes", "app").out.splitlines() == [
        "Service at the repository's root",
        "  GET  /api/v1/users  app.main:users  app/main.py:6",
        "1 endpoint, 0 unknown",
    ]


def test_no_service(run: Run) -> None:
    result = run("routes", "--format", "json")
    assert (result.code, json.loads(result.out)) == (0, {"routes": [], "unknown": []})
