"""What `archlint plan` tries for what only a person can write: each stand-in on a small service."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.cli.command_line import Run, write

BASE = {
    "pyproject.toml": """\
        [project]
        name = "shop"
        version = "1"
        dependencies = ["fastapi", "httpx", "pytest", "pydantic-settings", "sqlalchemy", "asyncpg"]
    """,
    "app/__init__.py": "",
}
TRANSACTIONS = BASE | {
    "app/db.py": """\
        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

        engine = create_async_engine("postgresql+asyncpg://db/shop")


        async def open_session():
            async with AsyncSession(engine) as session:
                yield session
    """,
    "app/crud/orders.py": """\
        from sqlalchemy.ext.asyncio import AsyncSession


        async def create(session: AsyncSession, order: int) -> None:
            session.add(order)
            await session.commit()


        async def log(session: AsyncSession, entry: int) -> None:
            session.add(entry)
            await session.commit()
    """,
    "app/main.py": """\
        from fastapi import Depends, FastAPI
        from sqlalchemy.ext.asyncio import AsyncSession

        from app.crud import orders
        from app.db import open_session

        app = FastAPI()


        @app.post("/api/v1/orders", tags=["orders"])
        async def create(number: int, session: AsyncSession = Depends(open_session)) -> None:
            await orders.create(session, number)
            await orders.log(session, number)


        @app.put("/api/v1/orders", tags=["orders"])
        async def change(number: int, session: AsyncSession = Depends(open_session)) -> None:
            await orders.create(session, number)
            await orders.log(session, number)
    """,
}
ANSWERS = BASE | {
    "app/main.py": """\
        from fastapi import FastAPI

        from app.answers import success


        def make_app():
            app = FastAPI()

            @app.get("/api/v1/orders", tags=["orders"])
            async def orders():
                return success([])

            @app.get("/api/v1/invoices", tags=["orders"])
            async def invoices():
                return success([])

            return app


        app = make_app()
    """,
    "app/answers.py": """\
        import time

        from fastapi.responses import JSONResponse


        def success(data):
            time.sleep(1)
            return JSONResponse({"data": data})
    """,
    "app/settings.py": """\
        import os

        from pydantic_settings import BaseSettings


        class Settings(BaseSettings):
            api_token: str = os.environ["TOKEN"]
            smtp_password: str


        settings = Settings()


        def login(connection) -> None:
            connection.login("shop", settings.smtp_password)
            connection.token(getattr(settings, "api_token"))
    """,
    "tests/test_nothing.py": "def test_nothing() -> None:\n    assert True\n",
}


ONE_COMMIT = "`flush()` for each commit on the way, and one commit when the request is done"


def planned(run: Run, code: str) -> dict[str, Any]:
    """The cause that holds the most findings of the rule."""
    causes: list[dict[str, Any]] = json.loads(run("plan", "--format", "json").out)["causes"]
    return max(causes, key=lambda one: int(one["rules"].get(code, 0)))


@pytest.mark.parametrize(
    ("files", "code", "stand_in"),
    [
        (TRANSACTIONS, "BA0209", ONE_COMMIT),
        (ANSWERS, "BA1104", "a `response_model` for each handler"),
        (ANSWERS, "BA0606", "a thread for each call that blocks"),
        (ANSWERS, "BA0908", "a test that requests each endpoint"),
        (ANSWERS, "BA0709", "`SecretStr` for each, and `.get_secret_value()` where it is read"),
    ],
    ids=lambda one: one if isinstance(one, str) and len(one) == 6 else "",
)
def test_it_takes_its_findings_away_and_brings_none(
    run: Run, tmp_path: Path, files: dict[str, str], code: str, stand_in: str
) -> None:
    write(tmp_path, files)
    before = {path: path.read_bytes() for path in tmp_path.rglob("*.py")}
    cause = planned(run, code)
    tried = cause["tried"]
    assert cause["proved"]
    assert tried["stand_in"] == stand_in
    assert tried["gone"] == cause["findings"]
    assert tried["came"] == []
    assert {path: path.read_bytes() for path in tmp_path.rglob("*.py")} == before


def test_a_commit_is_moved_only_where_the_session_is_yielded(run: Run, tmp_path: Path) -> None:
    """Nothing would commit at the end of a request whose session is returned."""
    returned = {
        "app/db.py": """\
        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

        engine = create_async_engine("postgresql+asyncpg://db/shop")


        def open_session():
            return AsyncSession(engine)
    """
    }
    write(tmp_path, TRANSACTIONS | returned)
    cause = planned(run, "BA0209")
    assert not cause["proved"]
    assert cause["tried"] is None
