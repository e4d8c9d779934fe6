from __future__ import annotations

from pathlib import Path

import pytest

from archlint.findings import Severity
from archlint.service.api.openapi_pages import OpenAPIPage
from tests.service.small import service_of

APP = """
import os

from fastapi import FastAPI
from fastapi.openapi.docs import get_redoc_html, get_swagger_ui_html
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    docs: str = "/reference"
    stage: str = "production"


settings = Settings()
app = FastAPI(docs_url={value})


@app.get("/api/v1/items")
def items() -> list[str]: ...
"""

PAGE = """

@app.get("{path}", include_in_schema=False)
def page():
    return {maker}(openapi_url="/openapi.json", title="Orders")
"""


def misplaced(folder: Path, value: str, more: str = "") -> list[tuple[str, Severity | None]]:
    service = service_of(folder, {"main.py": APP.format(value=value) + more})
    pages = service.openapi_pages.misplaced("docs_url")
    return [(page.where, page.severity) for page in pages if isinstance(page, OpenAPIPage)]


@pytest.mark.parametrize(
    ("value", "where"),
    [
        ("settings.docs", "at `/reference` unless `Settings.docs` says otherwise"),
        ("os.getenv('DOCS')", "switched off unless `DOCS` says otherwise"),
        ("os.environ.get('DOCS', '')", "switched off unless `DOCS` says otherwise"),
        (
            "None if settings.stage == 'production' else '/docs'",
            "switched off unless `settings.stage` says otherwise",
        ),
    ],
)
def test_where_a_setting_decides_it_is_a_warning(tmp_path: Path, value: str, where: str) -> None:
    assert misplaced(tmp_path, value) == [(where, Severity.WARNING)]


def test_the_default_of_the_setting_is_shown(tmp_path: Path) -> None:
    service = service_of(tmp_path, {"main.py": APP.format(value="settings.docs")})
    (page,) = service.openapi_pages.misplaced("docs_url")
    assert isinstance(page, OpenAPIPage)
    assert [(link.location.line, link.text) for link in page.chain] == [
        (10, "the default of `Settings.docs`")
    ]


def test_a_page_that_is_made_by_hand_stands_where_its_endpoint_does(tmp_path: Path) -> None:
    by_hand = PAGE.format(path="/swagger", maker="get_swagger_ui_html")
    assert misplaced(tmp_path, "None", by_hand) == [("at `/swagger`", None)]


def test_another_page_at_its_address_is_not_the_page(tmp_path: Path) -> None:
    at_docs = PAGE.format(path="/docs", maker="get_redoc_html")
    assert misplaced(tmp_path / "redoc", "None", at_docs) == [("switched off", None)]
    assert misplaced(tmp_path / "own", "None", PAGE.format(path="/docs", maker="own_page")) == []
