"""Models of libraries in documents: expected is what their releases gave in running apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from archlint.service.api.operations import Operations
from archlint.service.openapi.document import Documents
from archlint.service.semantics.library_models import LibraryModels
from tests.service.openapi.running_document import LIBRARIES
from tests.service.small import service_of

_APP = """
    from typing import Generic, TypeVar
    from fastapi import FastAPI
    from fastapi_pagination import LimitOffsetPage, Page, add_pagination
    from fastapi_pagination.default import Page as BasePage, Params as BaseParams
    from fastapi import Query
    from pydantic import BaseModel
    T = TypeVar("T")
    class Item(BaseModel):
        a: int
    class Params(BaseParams):
        size: int = Query(100, ge=1, le=10_000)
    class Large(BasePage[T], Generic[T]):
        __params_type__ = Params
    app = FastAPI()
    @app.get("/pages")
    def pages() -> Page[Item]: ...
    @app.get("/large", response_model=Large[Item])
    def large(): ...
    @app.get("/offsets")
    def offsets(q: str = "") -> LimitOffsetPage[Item]: ...
    @app.get("/none")
    def none() -> list[Item]: ...
    add_pagination(app)
"""


def _document(folder: Path, version: str | None) -> Any:
    service = service_of(folder, {"app/__init__.py": "", "app/main.py": _APP})
    libraries = LibraryModels(Version(version) if version else None)
    operations = Operations(service.routes, service.symbols, service.classes, libraries)
    document = Documents(service.routes, operations, LIBRARIES).main
    assert document is not None
    assert not document.unknown
    return document.content


@pytest.mark.parametrize("version", ["0.13.1", None])
def test_only_an_endpoint_that_answers_with_a_page_takes_its_parameters(
    version: str | None, tmp_path: Path
) -> None:
    paths = _document(tmp_path, version)["paths"]
    taken = {
        path: {p["name"]: p["schema"].get("maximum") for p in item["get"].get("parameters", ())}
        for path, item in paths.items()
    }
    assert taken["/none"] == {}
    assert taken["/pages"] == {"page": None, "size": 100}
    assert taken["/large"] == {"page": None, "size": 10_000}
    assert taken["/offsets"] == {"q": None, "limit": 100, "offset": None}


def test_the_numbers_of_a_page_are_required_since_0_14(tmp_path: Path) -> None:
    page = _document(tmp_path, None)["components"]["schemas"]["Page_Item_"]
    assert page["required"] == ["items", "total", "page", "size", "pages"]
    assert page["properties"]["total"] == {"type": "integer", "minimum": 0, "title": "Total"}


def test_before_that_they_may_be_null(tmp_path: Path) -> None:
    page = _document(tmp_path, "0.13.1")["components"]["schemas"]["Page_Item_"]
    assert page["required"] == ["items", "page", "size"]
    assert page["properties"]["page"]["anyOf"] == [{"type": "integer", "minimum": 1}, {"type": "null"}]
