"""Operations are held to what FastAPI's own document says of the same app."""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from archlint.loading import load
from archlint.service.api.operations import Operation
from archlint.service.model import Service

IN_DOCUMENT = {"path", "query", "header", "cookie"}

PARAMETERS = """
from datetime import date
from enum import Enum
from typing import Annotated, Any, Optional
from uuid import UUID

from fastapi import (
    APIRouter, BackgroundTasks, Body, Cookie, Depends, FastAPI, File, Form, Header, Path, Query, Request,
    Response, Security, UploadFile,
)
from fastapi.security import APIKeyHeader, OAuth2PasswordRequestForm
from pydantic import BaseModel, Field


class Color(str, Enum):
    RED = "red"


class Item(BaseModel):
    name: str
    price: float = 1.0


class Filters(BaseModel):
    limit: int = 10
    order_by: str


Ident = Annotated[int, Path(ge=1)]
Text = Annotated[str, Query(alias="q")]
key = APIKeyHeader(name="X-Key")


def pages(skip: int = 0, limit: int = Query(20, alias="max")) -> dict:
    return {}


def token(x_token: Annotated[str, Header()], page: dict = Depends(pages)) -> str:
    return x_token


class Common:
    def __init__(self, since: date | None = None, who: str = "me"):
        self.since = since


def checked(kind: str):
    def check(kind_id: int, request: Request) -> str:
        return kind
    return check


router = APIRouter(prefix="/things", dependencies=[Depends(token)])


@router.get("/{thing_id}/{name}")
async def plain(
    thing_id: Ident,
    name: str,
    color: Color,
    q: Text,
    when: Optional[date] = None,
    tags: list[str] = Query([]),
):
    return 1


@router.post("/{thing_id:int}")
async def body(thing_id: int, item: Item, background: BackgroundTasks, response: Response, note: str = "x"):
    return 1


@router.put("/several")
async def several(
    item: Item, other: Item | None, importance: Annotated[int, Body(gt=0)], extra: dict[str, int] = {}
):
    return 1


app = FastAPI(dependencies=[Security(key)])
app.include_router(router, prefix="/api", dependencies=[Depends(pages)])


@app.get("/dependencies")
async def dependencies(
    common: Annotated[Common, Depends()], a=Depends(checked("a")), session: str | None = Cookie(None)
):
    return 1


@app.get("/model")
async def model(
    filters: Annotated[Filters, Query()],
    user_agent: str = Header(),
    hidden: str = Query("", include_in_schema=False),
):
    return 1


@app.post("/login")
async def login(form: OAuth2PasswordRequestForm = Depends()):
    return 1


@app.post("/files")
async def files(first: UploadFile, rest: list[UploadFile], data: bytes = File(), note: str = Form("")):
    return 1


@app.get("/raw")
async def raw(anything, other: Any = None, ids: UUID | None = None):
    return 1


class Views:
    async def one(self, number: int, /, flag: bool = False):
        return 1


app.add_api_route("/bound/{number}", Views().one)
"""

MODELS = """
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, Generic, Literal, Optional, TypeVar

from fastapi import FastAPI
from pydantic import BaseModel, ConfigDict, Field, PrivateAttr
from pydantic.alias_generators import to_camel

T = TypeVar("T")


class Base(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: int
    note: str | None


class Item(Base):
    name: Annotated[str, Field(max_length=9)]
    kind: Literal["a", "b"] = "a"
    parts: "list[Part]" = Field(default_factory=list)
    title: str = Field(alias="label")
    count: int = Field(...)
    registry: ClassVar[dict] = {}
    _state: int = PrivateAttr(0)


class Part(BaseModel):
    model_config = ConfigDict(alias_generator=to_camel)
    serial_number: str
    made_in: str = "here"


class Page(BaseModel, Generic[T]):
    entries: list[T]
    total: int = 0


class Parts(Page[Part]):
    pass


@dataclass
class Point:
    x: int
    y: int = 0


app = FastAPI()


@app.post("/items")
async def items(item: Item) -> Page[Item]:
    return Page(entries=[])


@app.post("/parts", response_model=Parts)
async def parts(point: Point):
    return None
"""


@pytest.fixture
def built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Writes an app, imports it for real, and gives what both sides say of it."""
    # Only a running form needs python-multipart; its documentation does not.
    monkeypatch.setattr("fastapi.dependencies.utils.ensure_multipart_is_installed", lambda: None)
    counter = iter(range(99))

    def build(source: str) -> tuple[dict[str, Any], Service]:
        folder = tmp_path / str(next(counter))
        folder.mkdir()
        (folder / "main.py").write_text(source, encoding="utf-8")
        name = f"archlint_built_{folder.name}"
        spec = importlib.util.spec_from_file_location(name, folder / "main.py")
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        try:
            spec.loader.exec_module(module)
            document = json.loads(json.dumps(module.app.openapi()))
        finally:
            del sys.modules[name]
        return document, load([folder]).services[0]

    return build


def test_parameters(built: Any) -> None:
    document, service = built(PARAMETERS)
    for operation in service.operations:
        written = said(document, operation)
        wanted = {(p["in"], p["name"].lower(), p["required"]) for p in written.get("parameters", ())}
        found = {(p.kind, p.alias.lower(), p.required) for p in operation.parameters if p.in_schema}
        assert found == wanted, operation.endpoint.path


def test_bodies(built: Any) -> None:
    document, service = built(PARAMETERS)
    for operation in service.operations:
        written = said(document, operation).get("requestBody")
        assert bool(operation.body) == (written is not None), operation.endpoint.path
        if written is None:
            continue
        schema = resolved(document, next(iter(written["content"].values()))["schema"])
        if len(operation.body) > 1:
            assert {p.alias for p in operation.body} == set(schema["properties"])
            required = {p.alias for p in operation.body if p.required}
            assert required == set(schema.get("required", ()))


def test_models(built: Any) -> None:
    document, service = built(MODELS)
    schemas = document["components"]["schemas"]
    seen = set()
    for operation in service.operations:
        for start in (operation.answer.type, *(p.type for p in operation.body)):
            for model in service.operations.schemas.reachable(start):
                name = model.type.name.rpartition(".")[2]
                written = (
                    schemas.get(name) or schemas[f"{name}_{model.type.args[0].name.rpartition('.')[2]}_"]
                )
                assert {f.alias for f in model.fields} == set(written["properties"]), name
                assert {f.alias for f in model.fields if f.required} == set(written.get("required", ())), name
                assert (written.get("additionalProperties") is False) == (
                    model.extra is not None and model.extra.mode == "forbid"
                )
                assert model.complete
                seen.add(name)
    assert seen == {"Item", "Part", "Page", "Parts", "Point"}


def said(document: dict[str, Any], operation: Operation) -> dict[str, Any]:
    endpoint = operation.endpoint
    path = endpoint.path.replace(":int}", "}")
    found: dict[str, Any] = document["paths"][path][endpoint.methods[0].lower()]
    return found


def resolved(document: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return document["components"]["schemas"][name] if name else schema
