from __future__ import annotations

from pathlib import Path

import pytest

from archlint.findings import Severity
from tests.service.small import service_of

APP = """
import os
from contextlib import asynccontextmanager

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from fastapi import FastAPI
from pydantic_settings import BaseSettings


def flag(name: str, default: str) -> bool:
    return os.getenv(name, default).lower() in {{"1", "true"}}


class Settings(BaseSettings):
    runs_jobs: bool = False
    serves: bool = True


settings = Settings()
OFF = flag("JOBS", "0")
ON = flag("JOBS", "1")


async def job() -> None:
    open("report.csv")


def start() -> None:
    scheduler = AsyncIOScheduler()
    scheduler.add_job(job)
    scheduler.start()


@asynccontextmanager
async def lifespan(app: FastAPI):
    if {test}:
        start()
    yield


app = FastAPI(lifespan=lifespan)
"""


def severities(folder: Path, text: str) -> list[Severity | None]:
    service = service_of(folder, {"main.py": text})
    return [found.severity for found in service.event_loop.blocked("file", {})]


@pytest.mark.parametrize(
    "test",
    [
        *("True", "app", "ON", "settings.serves", "not OFF", "unknown", "settings.other"),
        *("os.getenv('JOBS', 'on')", "os.environ['JOBS']", "os.getenv('STAGE', 'dev') == 'dev'"),
    ],
)
def test_what_runs_by_default_or_may_is_an_error(tmp_path: Path, test: str) -> None:
    assert severities(tmp_path, APP.format(test=test)) == [None]


@pytest.mark.parametrize(
    "test",
    [
        *(
            "OFF",
            "settings.runs_jobs",
            "not ON",
            "os.getenv('JOBS')",
            "os.environ.get('JOBS', 'no')",
        ),
        *("os.getenv('STAGE', 'dev') == 'prod'", "os.getenv('JOBS', 'False').lower() in ('1', 'true')"),
    ],
)
def test_what_a_setting_leaves_out_by_default_is_a_warning(tmp_path: Path, test: str) -> None:
    assert severities(tmp_path, APP.format(test=test)) == [Severity.WARNING]


def test_what_a_handler_calls_as_well_is_an_error(tmp_path: Path) -> None:
    handler = "\n\n@app.get('/report')\nasync def report() -> None:\n    await job()\n"
    assert severities(tmp_path, APP.format(test="OFF") + handler) == [None]


def test_making_a_folder_is_slight_unless_more_is_done(tmp_path: Path) -> None:
    text = """
import os
from fastapi import FastAPI

app = FastAPI()

def folder():
    os.makedirs("reports", exist_ok=True)

def report():
    folder()
    open("reports/first.csv")

@app.get("/folder")
async def first(): {first}()
"""
    assert severities(tmp_path / "folder", text.replace("{first}", "folder")) == [Severity.WARNING]
    assert severities(tmp_path / "report", text.replace("{first}", "report")) == [None]
