"""Models of libraries in documents: expected is what their releases gave in running apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from packaging.version import Version

from archlint.service.api.operations import Operations
from archlint.service.openapi.document import Documents
from archlint.service.semantics.library_models import LibraryModels
from archlint.service.semantics.library_names import names_of, schema_bases
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


def _document(folder: Path, version: str | None, source: str = _APP) -> Any:
    service = service_of(folder, {"app/__init__.py": "", "app/main.py": source})
    libraries = LibraryModels(lambda _: Version(version) if version else None)
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


_USERS = """
    import uuid
    from fastapi import FastAPI
    from fastapi_users import schemas
    class Read(schemas.BaseUser[uuid.UUID], schemas.BaseOAuthAccountMixin):
        name: str
    class Create(schemas.BaseUserCreate): ...
    class Update(schemas.BaseUserUpdate): ...
    app = FastAPI()
    @app.post("/users")
    def create(user: Create) -> Read: ...
    @app.patch("/users")
    def update(user: Update): ...
    @app.get("/plain")
    def plain() -> schemas.BaseUser[int]: ...
"""


def test_the_schemas_of_fastapi_users_have_their_fields(tmp_path: Path) -> None:
    schemas = _document(tmp_path, None, _USERS)["components"]["schemas"]
    assert schemas["Read"]["required"] == ["id", "email", "name"]
    assert schemas["Read"]["properties"]["id"] == {"type": "string", "format": "uuid", "title": "Id"}
    accounts = schemas["Read"]["properties"]["oauth_accounts"]
    assert accounts["items"] == {"$ref": "#/components/schemas/BaseOAuthAccount"}
    assert accounts["default"] == []
    assert schemas["Create"]["required"] == ["email", "password"]
    assert schemas["Create"]["properties"]["is_active"]["default"] is True
    assert sorted(schemas["Update"]["properties"]) == [
        *("email", "is_active", "is_superuser", "is_verified", "password")
    ]
    assert schemas["BaseUser_int_"]["properties"]["id"] == {"type": "integer", "title": "Id"}


_NAMES = """
    from fastapi import FastAPI
    from fastapi_camelcase import CamelModel
    from fastapi_utils.api_model import APIModel
    class Camel(CamelModel):
        first_name_2x: str
    class Model(APIModel):
        first_name: str
        last: int
    app = FastAPI()
    @app.get("/camel")
    def camel() -> Camel: ...
    @app.get("/model")
    def model() -> Model: ...
"""


def test_bases_that_rename_rename_what_derives_from_them(tmp_path: Path) -> None:
    schemas = _document(tmp_path, None, _NAMES)["components"]["schemas"]
    assert list(schemas["Camel"]["properties"]) == ["firstName2X"]
    assert list(schemas["Model"]["properties"]) == ["firstName", "last"]


_FILTERS = """
    from typing import Annotated, Optional
    from fastapi import FastAPI
    from fastapi_filter import FilterDepends, with_prefix
    from fastapi_filter.contrib.sqlalchemy import Filter
    class Address(Filter):
        street: Optional[str] = None
        city__in: Optional[list[str]] = None
    class Person(Filter):
        name: str
        order_by: list[str] = ["name", "age"]
        tags: list[str]
        address: Optional[Address] = FilterDepends(with_prefix("address", Address))
        plain: Optional[Address] = FilterDepends(Address)
    app = FastAPI()
    @app.get("/default")
    def default(page: int, found: Person = FilterDepends(Person)): ...
    @app.get("/annotated")
    def annotated(found: Annotated[Address, FilterDepends(Address)]): ...
"""


def test_a_filter_takes_its_fields_from_the_query_and_lists_as_texts(tmp_path: Path) -> None:
    paths = _document(tmp_path, None, _FILTERS)["paths"]
    taken = {p["name"]: p["schema"] for p in paths["/default"]["get"]["parameters"]}
    assert list(taken) == [
        *("page", "name", "order_by", "tags", "address__street", "address__city__in", "street", "city__in")
    ]
    assert taken["tags"] == {"type": "string", "title": "Tags"}
    assert taken["order_by"]["default"] == "name,age"
    assert taken["order_by"]["anyOf"] == [{"type": "string"}, {"type": "null"}]
    assert [p["name"] for p in paths["/annotated"]["get"]["parameters"]] == ["street", "city__in"]
    assert all("requestBody" not in item["get"] for item in paths.values())


_SILENT = """
    from typing import Annotated
    from dependency_injector.wiring import Provide
    from fastapi import Depends, FastAPI, Security
    from fastapi.security import HTTPBasic, HTTPBasicCredentials, HTTPBearer
    from fastapi_injector import Injected
    from fastapi_limiter.depends import RateLimiter
    from fastapi_pagination import Params, pagination_ctx
    from fastapi_pagination.bases import AbstractParams
    from pydantic import BaseModel
    from somewhere import Store
    class Own(BaseModel, AbstractParams):
        page: int = 1
    class Scheme(HTTPBearer): ...
    class Plain: ...
    app = FastAPI(dependencies=[Depends(RateLimiter(times=2))])
    @app.get("/none")
    def none(
        a: Annotated[str, Security(HTTPBasic())], b: Annotated[str, Depends(Scheme())],
        c: Store = Injected(Store), d: Store = Depends(Provide["store"]), e: Plain = Depends(),
    ): ...
    @app.get("/basic")
    def basic(given: Annotated[HTTPBasicCredentials, Depends()]): ...
    @app.get("/pages", dependencies=[Depends(pagination_ctx(params=Own))])
    def pages(other: Params = Depends()): ...
"""


def test_what_takes_nothing_of_a_request_is_not_unknown(tmp_path: Path) -> None:
    paths = _document(tmp_path, None, _SILENT)["paths"]
    taken = {path: [p["name"] for p in item["get"].get("parameters", ())] for path, item in paths.items()}
    assert taken == {"/none": [], "/basic": ["username", "password"], "/pages": ["page", "size"]}


_UNREAD = """
    from typing import Annotated
    from fastapi import Body, Depends, FastAPI, Query
    from pydantic import BaseModel
    from somewhere import Base, Taken, made, take
    class Model(Base): ...
    class Mixed(Base, BaseModel):
        a: int
    class Called(Base): ...
    app = FastAPI()
    @app.get("/class")
    def of_class(q: int, x: Taken = Depends()): ...
    @app.get("/function", dependencies=[Depends(take)])
    def of_function(): ...
    @app.get("/object")
    def of_object(x: Annotated[str, Depends(made(1))]): ...
    @app.get("/subclass")
    def of_subclass(x: Called = Depends(Called)): ...
    @app.get("/fields")
    def of_fields(x: Annotated[Mixed, Depends()]): ...
    @app.post("/body")
    def of_body(x: Model): ...
    @app.post("/library")
    def of_library(x: Base): ...
    @app.post("/marked")
    def marked(x: Annotated[Model, Body()], y: Annotated[Base, Query()]) -> Mixed: ...
"""


def test_what_no_library_is_read_for_is_unknown_and_never_empty(tmp_path: Path) -> None:
    service = service_of(tmp_path, {"app/__init__.py": "", "app/main.py": _UNREAD})
    document = Documents(service.routes, service.operations, LIBRARIES).main
    assert document is not None
    unread = "what `{}` takes of a request, for its code is not in the repository"
    placed = "whether `x` is in the query or in the body"
    unknown = dict(document.unknown)
    assert unknown.pop("#/components/schemas/Mixed") == "a base class is not in the repository"
    assert {key: why for key, why in unknown.items() if "/marked/" not in key.replace("~1", "/")} == {
        "#/paths/~1class/get": unread.format("somewhere.Taken"),
        "#/paths/~1function/get": unread.format("somewhere.take"),
        "#/paths/~1object/get": unread.format("somewhere.made"),
        "#/paths/~1subclass/get": unread.format("app.main.Called.__init__"),
        "#/paths/~1fields/get": unread.format("a base of Mixed"),
        "#/paths/~1body/post": placed,
        "#/paths/~1library/post": placed,
    }
    parameters = document.content["paths"]["/class"]["get"]["parameters"]
    assert [parameter["name"] for parameter in parameters] == ["q"]


def test_each_base_that_makes_a_model_is_plain_or_declared() -> None:
    for name in schema_bases() - names_of("schema base"):
        assert LibraryModels().find(name) is not None, name
