"""`archlint plan`: what it claims is what happens, and no file is changed."""

from __future__ import annotations

import json
from math import log2
from pathlib import Path

from jsonschema import Draft202012Validator

import archlint
from tests.cli.command_line import Run, write

SCHEMA = Path(archlint.__file__).with_name("schemas") / "plan.schema.json"
SHOP = {
    "pyproject.toml": '[project]\nname = "shop"\nversion = "1"\ndependencies = ["fastapi"]\n',
    "app/main.py": """\
        from fastapi import FastAPI

        from app.api import router

        app = FastAPI()
        app.include_router(router, tags=["shop"])
    """,
    "app/api.py": """\
        import time

        from fastapi import APIRouter

        router = APIRouter()


        @router.get("/a")
        async def a() -> int:
            time.sleep(1)
            return 1


        @router.get("/b")
        async def b() -> int:
            time.sleep(1)
            return 1
    """,
}


def contents(root: Path) -> dict[str, bytes]:
    return {
        str(path): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and ".git" not in path.parts
    }


def test_nothing_to_plan_without_a_service(run: Run) -> None:
    result = run("plan")
    assert (result.code, result.out) == (2, "")
    assert "no service found" in result.err


def test_what_it_proves_happens_and_what_it_tries_is_not_written(run: Run, tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    before = contents(tmp_path)
    planned = json.loads(run("plan", "--format", "json").out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(planned)
    assert contents(tmp_path) == before
    fixed = [one for one in planned["causes"] if one["proved"] and not one["tried"]["stand_in"]]
    proved = {code: one for one in fixed for code in one["rules"]}
    assert {"BA0606", "BA0801"} <= set(proved)
    for code in ("BA0606", "BA0801"):
        old = {
            one["fingerprint"] for one in json.loads(run("check", "--output-format", "json").out)["findings"]
        }
        run("check", "--fix", "--unsafe-fixes", "--select", code)
        new = {
            one["fingerprint"] for one in json.loads(run("check", "--output-format", "json").out)["findings"]
        }
        assert (old - new, new - old) == (set(proved[code]["tried"]["gone"]), set())


def test_what_a_baseline_holds_is_still_to_be_done(run: Run, tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    before = json.loads(run("plan", "--format", "json").out)
    assert run("baseline").code == 0
    assert json.loads(run("plan", "--format", "json").out)["findings"] == before["findings"] > 0


def test_for_people(run: Run, tmp_path: Path) -> None:
    write(tmp_path, SHOP)
    text = run("plan", "--top", "1").out
    assert "  1. " in text
    assert "  2. " not in text
    assert "`--top " in text
    assert "none comes; `archlint check " in run("plan").out
    assert run("plan", "--format", "markdown").out.startswith("## archlint plan\n\n| | findings |")


LIBRARY = {
    "pyproject.toml": """\
        [project]
        name = "library"
        version = "1"
        dependencies = ["fastapi", "pytest", "httpx", "sqlalchemy"]
    """,
    "app/main.py": """\
        from fastapi import FastAPI

        from app.routers import books

        app = FastAPI()
        app.include_router(books.router, prefix="/api/v1/books", tags=["books"])
    """,
    "app/routers/books.py": """\
        from fastapi import APIRouter
        from pydantic import BaseModel
        from sqlalchemy import text
        from sqlalchemy.ext.asyncio import AsyncSession

        router = APIRouter()
        TITLES = "select title from books"


        class Page(BaseModel):
            number: int


        class Book(BaseModel):
            title: str
            first: Page


        @router.get("/{number}")
        async def book(number: int) -> Book:
            return Book(title=str(number), first=Page(number=1))


        @router.get("")
        async def books(session: AsyncSession) -> list[str]:
            found = await session.scalars(text(TITLES))
            return [title for title in found]
    """,
    "tests/test_app.py": "def test_nothing() -> None:\n    assert True\n",
}


def test_what_only_a_person_can_write_is_tried_and_never_written(run: Run, tmp_path: Path) -> None:
    write(tmp_path, LIBRARY)
    before = contents(tmp_path)
    planned = json.loads(run("plan", "--format", "json").out)
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(planned)
    tried = {
        one["text"]: one["tried"] for one in planned["causes"] if one["proved"] and one["tried"]["stand_in"]
    }
    assert contents(tmp_path) == before
    said = {text: (len(one["gone"]), one["came"], one["stand_in"]) for text, one in tried.items()}
    assert said["endpoints of `app.routers.books` that nothing describes"] == (
        2,
        [],
        "a docstring in each handler",
    )
    client = "no test has a client, so nothing requests an endpoint"
    assert said[client] == (2, [], "a test that requests each endpoint")
    assert said["No `schemas/` directory"] == (3, [], "each schema moved to `schemas/`")
    assert "proved on a copy: 2 findings go, none comes with a docstring" in run("plan").out


BLOCKING = {
    "pyproject.toml": """\
        [project]
        name = "library"
        version = "1"
        dependencies = ["fastapi", "sqlalchemy", "psycopg"]
    """,
    "app/db.py": """\
        from sqlalchemy import create_engine
        from sqlalchemy.orm import Session

        engine = create_engine("postgresql+psycopg://db/library")


        def open_session():
            with Session(engine) as session:
                yield session
    """,
    "app/queries.py": """\
        from sqlalchemy import text
        from sqlalchemy.orm import Session


        def titles(session: Session):
            return session.scalars(text("select title from books")).all()
    """,
    "app/main.py": """\
        from fastapi import Depends, FastAPI
        from sqlalchemy.orm import Session

        from app.db import open_session
        from app.queries import titles

        app = FastAPI()


        @app.get("/books")
        def books(session: Session = Depends(open_session)) -> list[str]:
            return titles(session)
    """,
}


def test_an_engine_is_tried_with_all_that_has_to_wait_for_it(run: Run, tmp_path: Path) -> None:
    write(tmp_path, BLOCKING)
    before = contents(tmp_path)
    found = json.loads(run("check", "--output-format", "json").out)["findings"]
    codes = {one["fingerprint"]: one["code"] for one in found}
    planned = json.loads(run("plan", "--format", "json").out)["causes"]
    (cause,) = (one for one in planned if "engine" in one["text"])
    assert cause["proved"]
    assert "an `await` for each query" in cause["tried"]["stand_in"]
    assert {"BA0102", "BA0204", "BA0601"} <= {codes[one] for one in cause["tried"]["gone"]}
    assert contents(tmp_path) == before


QUERYING = {
    "pyproject.toml": """\
        [project]
        name = "library"
        version = "1"
        dependencies = ["fastapi", "sqlalchemy", "asyncpg"]
    """,
    "app/main.py": """\
        from fastapi import FastAPI

        from app.routers import books

        app = FastAPI()
        app.include_router(books.router, prefix="/api/v1/books", tags=["books"])
    """,
    "app/routers/books.py": """\
        from fastapi import APIRouter, Depends
        from sqlalchemy import text
        from sqlalchemy.ext.asyncio import AsyncSession

        from app.db import open_session

        router = APIRouter()


        @router.get("")
        async def books(session: AsyncSession = Depends(open_session)) -> list[str]:
            found = await session.scalars(text("select title from books"))
            return [title for title in found]


        @router.get("/lent")
        async def lent(session: AsyncSession = Depends(open_session)) -> list[str]:
            found = await session.scalars(text("select title from loans"))
            return [title for title in found]
    """,
    "app/db.py": """\
        from sqlalchemy.ext.asyncio import AsyncSession, create_async_engine

        engine = create_async_engine("postgresql+asyncpg://db/library")


        async def open_session():
            async with AsyncSession(engine) as session:
                yield session
    """,
    "app/services/loans.py": """\
        from app.crud import loans


        async def count(session) -> int:
            return await loans.count(session)
    """,
    "app/crud/loans.py": """\
        from sqlalchemy import text
        from sqlalchemy.ext.asyncio import AsyncSession


        async def count(session: AsyncSession) -> int:
            return await session.scalar(text("select count(*) from loans"))
    """,
}


def test_a_query_of_a_handler_goes_to_crud_through_a_service(run: Run, tmp_path: Path) -> None:
    """A router that calls `crud` itself would be the next finding (BA0511)."""
    write(tmp_path, QUERYING)
    planned = json.loads(run("plan", "--format", "json").out)["causes"]
    (cause,) = (one for one in planned if "belongs into `crud/`" in one["text"])
    assert cause["proved"]
    assert cause["tried"]["stand_in"] == "each query moved to `crud/`"
    assert (len(cause["tried"]["gone"]), cause["tried"]["came"]) == (2, [])


def test_what_is_proved_comes_first_by_findings_for_each_line(run: Run, tmp_path: Path) -> None:
    """Of what holds a twentieth of the findings, and then of what holds less."""
    write(tmp_path, SHOP)
    planned = json.loads(run("plan", "--format", "json").out)
    causes, much = planned["causes"], planned["findings"] / 20
    proved = [one for one in causes if one["proved"]]
    goes = [len(one["tried"]["gone"]) for one in proved]
    rates = [log2(gone / one["tried"]["lines"]) for gone, one in zip(goes, proved, strict=True)]
    ranks = [(round(rate), gone) for rate, gone in zip(rates, goes, strict=True)]
    assert len(proved) > 1
    assert all(len(one["findings"]) >= much for one in causes[: len(proved)])
    assert ranks == sorted(ranks, reverse=True)
    assert causes[: len(proved)] == proved
    sizes = [len(one["findings"]) for one in causes[len(proved) :]]
    assert sizes == sorted(sizes, reverse=True)


def test_a_small_cause_does_not_lead_however_cheap_it_is(run: Run, tmp_path: Path) -> None:
    handlers = "".join(
        f"""

@router.get("/{number}")
async def handler_{number}() -> int:
    return {number}
"""
        for number in range(12)
    )
    main = """\
        from fastapi import FastAPI

        from app.api import router
        from app.single import lone

        app = FastAPI()
        app.include_router(router, prefix="/api/v1/shop")
        app.include_router(lone, prefix="/lone", tags=["lone"])
    """
    api = f"from fastapi import APIRouter\n\nrouter = APIRouter()\n{handlers}"
    lone = """\
        from fastapi import APIRouter

        lone = APIRouter()


        @lone.get("")
        async def only() -> int:
            '''One.'''
            return 1
    """
    write(tmp_path, SHOP | {"app/main.py": main, "app/api.py": api, "app/single.py": lone})
    causes = json.loads(run("plan", "--format", "json").out)["causes"]
    proved = [(len(one["findings"]), list(one["rules"])) for one in causes if one["proved"]]
    assert proved[:2] == [(12, ["BA1108"]), (12, ["BA1107"])]
    assert (1, ["BA0801"]) in proved[2:]
