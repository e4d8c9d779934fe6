from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.database.url_variables import assigned
from archlint.service.packaging.runtime_dependencies import Provision, provision
from tests.service.small import service_of

IMPORTS = (
    "from sqlalchemy import create_engine, text\nfrom sqlalchemy.ext.asyncio import create_async_engine\n"
)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("tests/conftest.py", "engine = create_engine(URL)"),
        ("app/cli/load.py", "engine = create_engine(URL)"),
        ("app/database.py", "engine = create_engine(TEST_URL)"),
        ("app/setup.py", "def create():\n    create_engine(URL).execute(text('CREATE DATABASE shop'))"),
        ("app/upgrade.py", "import alembic\ndef run():\n    alembic.run(create_engine(URL))"),
        ("app/database.py", "engine = other.create_engine(URL)"),
    ],
)
def test_what_is_no_engine_of_the_running_service(tmp_path: Path, path: str, text: str) -> None:
    assert service_of(tmp_path, {path: IMPORTS + text}).databases.connections == ()


@pytest.mark.parametrize(
    ("url", "schemes"),
    [
        ("'postgresql+asyncpg://db/shop'", {"postgresql+asyncpg"}),
        ("f'postgresql://{HOST}/shop'", {"postgresql"}),
        ("'SQLITE:///shop.db'", {"sqlite"}),
        ("unknown", {None}),
        ("'mysql://' + HOST if HOST else 'sqlite://'", {"mysql", "sqlite"}),
    ],
)
def test_what_a_url_names(tmp_path: Path, url: str, schemes: set[str | None]) -> None:
    text = f"{IMPORTS}import os\nHOST = os.environ['HOST']\nengine = create_engine({url})\n"
    (found,) = service_of(tmp_path, {"app/database.py": text}).databases.connections
    assert {target.scheme for target in found.targets} == schemes


COMPOSE = """
services:
  api:
    build: .
    environment:
      - DATABASE_URL=postgresql://db/shop
  e2e:
    build: .
    environment:
      DATABASE_URL: sqlite://
  db:
    image: postgres
    environment:
      POSTGRES_DB: shop
"""


def test_what_variables_are_given(tmp_path: Path) -> None:
    files = {
        "compose.yaml": COMPOSE,
        ".env.example": "DATABASE_URL=postgresql+asyncpg://localhost/shop\nEMPTY=\n",
        ".env.test": "DATABASE_URL=sqlite://\n",
        "Dockerfile": "FROM python:3.13\nCOPY . /app\n",
        "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    }
    found = {
        (one.location.file, one.name, one.value) for one in assigned(service_of(tmp_path, files).deployment)
    }
    assert {one for one in found if one[1] == "DATABASE_URL"} == {
        (".env.example", "DATABASE_URL", "postgresql+asyncpg://localhost/shop"),
        ("compose.yaml", "DATABASE_URL", "postgresql://db/shop"),
    }
    assert not {one for one in found if one[1] == "EMPTY"}


PROJECT = '[project]\nname = "shop"\nversion = "1"\n'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('dependencies = ["asyncpg>=0.30"]', Provision.RUNTIME),
        ('dependencies = ["sqlalchemy[postgresql_asyncpg]"]', Provision.RUNTIME),
        ('dependencies = []\n[project.optional-dependencies]\npg = ["asyncpg"]', Provision.OPTIONAL),
        ('dependencies = []\n[dependency-groups]\ndev = ["asyncpg"]', Provision.OPTIONAL),
        ('dependencies = ["psycopg"]', Provision.MISSING),
    ],
)
def test_how_a_distribution_comes_into_the_runtime(tmp_path: Path, text: str, expected: Provision) -> None:
    found = service_of(tmp_path, {"pyproject.toml": PROJECT + text, "app/main.py": ""})
    assert provision(found.versions, "asyncpg") is expected
