"""The fix of URLs without asyncpg: which stay, and where it is written."""

from __future__ import annotations

from pathlib import Path
from textwrap import dedent

import pytest

from archlint.fixes.fixing import FixOutcome, fix
from archlint.loading import Request
from archlint.selectors import Selection
from tests.cli.command_line import write
from tests.fixes.settling import settled

MAIN = "from fastapi import FastAPI\n\napp = FastAPI()\n"
ENGINE = """\
    import os
    from sqlalchemy.ext.asyncio import create_async_engine

    engine = create_async_engine({}, pool_pre_ping=True)
    """
PYPROJECT = '[project]\nname = "shop"\nversion = "1"\ndependencies = ["asyncpg", "fastapi", "sqlalchemy"]\n'
SETTINGS = """\
    from pydantic_settings import BaseSettings


    class Settings(BaseSettings):
        database_url: str = "{}"  # é


    settings = Settings()
    """


def service(url: str, **files: str) -> dict[str, str]:
    """A service whose engine has this expression as its URL."""
    given = {name.replace("__", "/").replace("_dot_", "."): text for name, text in files.items()}
    own = {"app/main.py": MAIN, "app/db.py": ENGINE.format(url), "pyproject.toml": PYPROJECT}
    return {**own, **given}


@pytest.mark.parametrize(
    "files",
    [
        service('"mysql+aiomysql://db/shop"'),
        service('"postgresql://db/shop?sslmode=require"'),
        service('"postgresql://a/shop" if os.environ.get("A") else "postgresql://b/shop"'),
        service('os.environ["DATABASE_URL"]'),
        {
            **service('"postgresql+asyncpg://db/shop"', app__settings_dot_py=SETTINGS.format("sqlite:///a")),
            "app/old.py": """\
                from sqlalchemy import create_engine

                engine = create_engine("postgresql://db/shop")
                """,
        },
    ],
    ids=["another database", "the old driver's argument", "two", "unknown", "a synchronous engine"],
)
def test_what_stays(tmp_path: Path, files: dict[str, str]) -> None:
    write(tmp_path, files)
    before = {name: (tmp_path / name).read_bytes() for name in files}
    outcome = fix(Request((tmp_path,), Selection(select=("BA0202",))), unsafe=True)
    assert outcome.done == []
    assert {name: (tmp_path / name).read_bytes() for name in files} == before


def changed(tmp_path: Path, files: dict[str, str], *, unsafe: bool) -> tuple[FixOutcome, dict[str, str]]:
    """What the fix comes to, and the lines of each file that it changes."""
    outcome = settled(tmp_path, files, "BA0202", unsafe=unsafe)
    return outcome, {
        name: (tmp_path / name).read_text()
        for name, text in files.items()
        if (tmp_path / name).read_text() != dedent(text)
    }


@pytest.mark.parametrize(
    ("url", "instead"),
    [
        ('"postgresql://db/shop"', '"postgresql+asyncpg://db/shop"'),
        (
            "f'postgresql+psycopg2://{os.environ[\"DB\"]}/shop'",
            "f'postgresql+asyncpg://{os.environ[\"DB\"]}/shop'",
        ),
        ('"postgresql" + "://db/shop"', '"postgresql+asyncpg" + "://db/shop"'),
        ('"postgres://db/shop"', '"postgresql+asyncpg://db/shop"'),
    ],
)
def test_an_engine_that_could_not_be_made_is_fixed_safely(tmp_path: Path, url: str, instead: str) -> None:
    _, after = changed(tmp_path, service(url), unsafe=False)
    assert after == {"app/db.py": dedent(ENGINE).format(instead)}


def test_asyncpg_has_to_be_there(tmp_path: Path) -> None:
    files = service('"postgresql://db/shop"') | {"pyproject.toml": PYPROJECT.replace('"asyncpg", ', "")}
    outcome, after = changed(tmp_path, files, unsafe=True)
    assert [one.plan.why for one in outcome.done] == ["asyncpg is no dependency of the service yet"]
    assert list(after) == ["app/db.py"]


def test_psycopg_is_a_choice(tmp_path: Path) -> None:
    outcome, _ = changed(tmp_path, service('"postgresql+psycopg://db/shop"'), unsafe=True)
    assert [one.plan.why.partition(" ")[0] for one in outcome.done] == ["psycopg"]


def test_a_setting_a_compose_file_and_an_example_are_changed_unsafely(tmp_path: Path) -> None:
    compose = """\
        services:
          app:
            build: .
            environment:
              - DATABASE_URL=postgresql://shop:${PASSWORD}@db/shop  # été
              - OTHER_URL=postgresql://other
        """
    example = "# é\r\nexport DATABASE_URL='postgresql://localhost/shop'\r\n"
    files = service(
        "settings.database_url",
        app__settings_dot_py=SETTINGS.format("postgresql://localhost/shop"),
        compose_dot_yaml=compose,
    )
    files["app/db.py"] = "from app.settings import settings\n" + dedent(files["app/db.py"])
    write(tmp_path, {".env.example": example.encode()})
    outcome, after = changed(tmp_path, files, unsafe=True)
    assert len(outcome.done) == 3
    assert {one.plan.why for one in outcome.done} == {
        "what else reads the URL, as migrations may, gets the asynchronous driver, too"
    }
    assert after == {
        "app/settings.py": dedent(SETTINGS).format("postgresql+asyncpg://localhost/shop"),
        "compose.yaml": dedent(compose).replace("=postgresql://shop", "=postgresql+asyncpg://shop"),
    }
    wanted = example.replace("postgresql://", "postgresql+asyncpg://").encode()
    assert (tmp_path / ".env.example").read_bytes() == wanted


def test_a_constant_is_changed_where_it_stands(tmp_path: Path) -> None:
    files = service("URL", app__urls_dot_py='URL = "postgresql://db/shop"\n')
    files["app/db.py"] = "from app.urls import URL\n" + dedent(files["app/db.py"])
    _, after = changed(tmp_path, files, unsafe=True)
    assert after == {"app/urls.py": 'URL = "postgresql+asyncpg://db/shop"\n'}
