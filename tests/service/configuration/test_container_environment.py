"""What a container's environment has to give (BA1015)."""

from __future__ import annotations

from pathlib import Path

from archlint import readings
from archlint.engine import run
from archlint.loading import Request
from archlint.selectors import Selection
from tests.cli.command_line import write
from tests.service.small import service_of

COMPOSE = """\
services:
  app:
    build: .
  redis:
    image: redis:8
"""
SETTINGS = """\
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    redis_expire: int = 60
    redis_uri: str = "redis://localhost"
"""
FILES = {
    "Dockerfile": 'FROM python:3.13\nCOPY . /src\nCMD ["uvicorn", "app.main:app"]\n',
    "app/main.py": "from fastapi import FastAPI\n\nimport app.config\n\napp = FastAPI()\n",
    "app/config.py": SETTINGS,
}


def test_the_variable_that_is_named_tells_where_the_server_is(tmp_path: Path) -> None:
    write(tmp_path, FILES | {"compose.yaml": COMPOSE})
    (found,) = run(Request((tmp_path,), Selection(select=("BA1015",)))).findings
    assert found.message.endswith("by a variable such as `REDIS_URI`")


def test_a_setting_that_only_says_how_it_is_used_is_better_than_none(tmp_path: Path) -> None:
    settings = SETTINGS.replace('    redis_uri: str = "redis://localhost"\n', "")
    write(tmp_path, FILES | {"compose.yaml": COMPOSE, "app/config.py": settings})
    (found,) = run(Request((tmp_path,), Selection(select=("BA1015",)))).findings
    assert found.message.endswith("by a variable such as `REDIS_EXPIRE`")


def test_whether_a_variable_is_read_depends_on_no_other_text(tmp_path: Path) -> None:
    service = service_of(tmp_path, FILES | {"app/cache.py": 'import os\n\nurl = os.environ["CACHE"]\n'})
    readings.begin()
    assert service.connections.reads("CACHE")
    assert not service.connections.reads("CACHE_URL")
    assert "app/cache.py" not in readings.so_far().documents
