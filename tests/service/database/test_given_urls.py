from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.small import service_of

OWN = """
from pydantic_settings import BaseSettings
from sqlalchemy import URL, create_engine


class Settings(BaseSettings):
    database_url: str = "postgresql+asyncpg://db/shop"


settings = Settings()
"""

ENGINE = """
engine = create_engine(settings.database_url)
"""


def lines(folder: Path, *texts: str) -> list[str]:
    """The lines with the engines that the service counts as its own."""
    source = "".join((OWN, *texts))
    service = service_of(folder, {"app/db.py": source})
    return [source.splitlines()[one.location.line - 1].strip() for one in service.databases.connections]


@pytest.mark.parametrize(
    "function",
    [
        "def connect(url: str):\n    return create_engine(url)\n",
        "def connect(row):\n    return create_engine(URL.create(row.dialect, host=row.host))\n",
        "def connect(path):\n    url = f'sqlite:///{path}'\n    return create_engine(url)\n",
        "def connect(row):\n    def get():\n        return row.open()\n"
        "    return create_engine('mysql+pymysql://', creator=get)\n",
        "class Source:\n    def connect(self):\n"
        "        uri = self.secrets.get('url') or self.build()\n        return create_engine(uri)\n",
    ],
)
def test_an_engine_on_what_it_is_given_is_anothers(tmp_path: Path, function: str) -> None:
    assert lines(tmp_path, function, ENGINE) == ["engine = create_engine(settings.database_url)"]


@pytest.mark.parametrize(
    "function",
    [
        "def connect(given: Settings):\n    return create_engine(given.database_url)\n",
        "def connect(url):\n    return create_engine(url)\n\nconnect(settings.database_url)\n",
        "def connect(name):\n    return create_engine(f'{settings.database_url}_{name}')\n",
        "def connect(name):\n    return create_engine('postgresql://db/other')\n",
        "def url(): ...\n\n\ndef connect(name):\n    return create_engine(url())\n",
        "def connect(given: Settings):\n    return create_engine(given.build())\n",
    ],
)
def test_one_on_what_the_service_knows_is_its_own(tmp_path: Path, function: str) -> None:
    assert len(lines(tmp_path, function, ENGINE)) == 2


def test_a_setting_that_no_class_has_makes_no_engine(tmp_path: Path) -> None:
    guarded = "if hasattr(settings, {0!r}) and settings.{0}:\n    engine = create_engine(settings.{0})\n"
    assert lines(tmp_path / "none", guarded.format("replica_url")) == []
    assert len(lines(tmp_path / "own", guarded.format("database_url"))) == 1


def test_the_only_engine_is_the_services_unless_it_opens_files(tmp_path: Path) -> None:
    body = "def connect(given):\n    return create_engine({})\n"
    assert len(lines(tmp_path / "server", body.format("given"))) == 1
    assert lines(tmp_path / "file", body.format("f'sqlite:///{given}'")) == []
