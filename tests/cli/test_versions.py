"""The fix of BA0801: what gets the prefix, and what stays as it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.command_line import Run, write

APP = """\
from fastapi import APIRouter, FastAPI

NAME = "/named"
app = FastAPI()
other = FastAPI()
router = APIRouter()


@{decorator}
async def handler() -> str:
    return ""


{below}
"""


@pytest.mark.parametrize(
    ("decorator", "below", "after"),
    [
        ('app.get("/items")', "", '@app.get("/api/v1/items")'),
        ("app.get(path='/v2/items')", "", '@app.get(path="/api/v2/items")'),
        ('other.get("/items")', 'app.mount("/api", app=other)', 'app.mount("/api/v1", app=other)'),
        ('router.get("/a")', "app.include_router(router)", 'app.include_router(router, prefix="/api/v1")'),
    ],
)
def test_a_literal_path_gets_the_version(
    run: Run, tmp_path: Path, decorator: str, below: str, after: str
) -> None:
    write(tmp_path, {"app/main.py": APP.format(decorator=decorator, below=below)})
    run("check", "--fix", "--unsafe-fixes", "--select", "BA0801")
    assert after in (tmp_path / "app" / "main.py").read_text().splitlines()
    assert run("check", "--select", "BA0801").code == 0


@pytest.mark.parametrize(
    ("decorator", "below"),
    [
        ("app.get(NAME)", ""),
        ('other.get("/items")', "app.mount(NAME, app=other)"),
        ('router.get("/a")', "app.include_router(router, **{})"),
    ],
)
def test_what_is_no_literal_stays(run: Run, tmp_path: Path, decorator: str, below: str) -> None:
    text = APP.format(decorator=decorator, below=below)
    write(tmp_path, {"app/main.py": text})
    run("check", "--fix", "--unsafe-fixes", "--select", "BA0801")
    assert (tmp_path / "app" / "main.py").read_text() == text
