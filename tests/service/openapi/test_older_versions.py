"""Documents of services on older versions: expected is what these gave in running apps."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.service.small import service_of

_APP = """
    import datetime
    import enum
    from typing import Annotated, Generic, Literal, Optional, TypeVar
    from fastapi import FastAPI, Form
    from pydantic import BaseModel, Field
    from typing_extensions import TypeAliasType
    A = TypeVar("A")
    B = TypeVar("B")
    Numbers = TypeAliasType("Numbers", list[int])
    class Color(enum.Enum):
        RED = "red"
        BLUE = "blue"
    class Item(BaseModel):
        kind: Literal["item"]
        color: Color = Color.RED
        by_name: dict[Annotated[str, Field(min_length=2)], int] = {}
        wait: datetime.timedelta = datetime.timedelta(hours=1)
    class Pair(BaseModel, Generic[A, B]):
        one: A
        two: B
    class Login(BaseModel):
        name: str
    app = FastAPI(openapi_external_docs={"url": "http://docs/"})
    @app.get("/pair")
    def pair(color: Color = Color.RED) -> Pair[Item, int]: ...
    @app.post("/login")
    def login(form: Annotated[Login, Form()]): ...
    @app.post("/alias")
    def alias(numbers: Numbers): ...
"""
_NEWEST = "0.141.1", "2.13.4"


def _document(folder: Path, fastapi: str, pydantic: str) -> Any:
    pins = f'dependencies = ["fastapi=={fastapi}", "pydantic=={pydantic}"]'
    project = f'[project]\nname = "app"\nversion = "1"\nrequires-python = ">=3.11"\n{pins}\n'
    files = {"pyproject.toml": project, "app/__init__.py": "", "app/main.py": _APP}
    document = service_of(folder, files).documents.main
    assert document is not None
    return document.content


@pytest.mark.parametrize(
    ("pydantic", "kind"),
    [
        ("2.6.4", {"const": "item", "title": "Kind"}),
        ("2.9.2", {"const": "item", "enum": ["item"], "type": "string", "title": "Kind"}),
        ("2.10.6", {"const": "item", "type": "string", "title": "Kind"}),
    ],
)
def test_a_literal_is_told_as_its_pydantic_tells_it(pydantic: str, kind: Any, tmp_path: Path) -> None:
    schemas = _document(tmp_path, _NEWEST[0], pydantic)["components"]["schemas"]
    assert schemas["Item"]["properties"]["kind"] == kind


@pytest.mark.parametrize("pydantic", ["2.8.2", "2.9.2"])
def test_before_pydantic_2_9_a_reference_with_a_default_is_in_an_all_of(
    pydantic: str, tmp_path: Path
) -> None:
    document = _document(tmp_path, "0.112.4", pydantic)
    reference = {"$ref": "#/components/schemas/Color"}
    wrapped = {"allOf": [reference]} if pydantic == "2.8.2" else reference
    assert document["components"]["schemas"]["Item"]["properties"]["color"] == {**wrapped, "default": "red"}
    (parameter,) = document["paths"]["/pair"]["get"]["parameters"]
    titled = {"title": "Color"} if pydantic == "2.8.2" else {}
    assert parameter["schema"] == {**wrapped, "default": "red", **titled}


@pytest.mark.parametrize(("pydantic", "wait"), [("2.6.4", "PT3600S"), ("2.7.4", "PT1H")])
def test_before_pydantic_2_7_durations_are_in_seconds(pydantic: str, wait: str, tmp_path: Path) -> None:
    schemas = _document(tmp_path, _NEWEST[0], pydantic)["components"]["schemas"]
    assert schemas["Item"]["properties"]["wait"]["default"] == wait


@pytest.mark.parametrize(("pydantic", "told"), [("2.9.2", False), ("2.10.6", True)])
def test_names_of_properties_are_told_since_pydantic_2_10(pydantic: str, told: bool, tmp_path: Path) -> None:
    schemas = _document(tmp_path, _NEWEST[0], pydantic)["components"]["schemas"]
    assert ("propertyNames" in schemas["Item"]["properties"]["by_name"]) is told


@pytest.mark.parametrize(
    ("fastapi", "name"),
    [
        ("0.118.3", "Pair_Item_int_"),
        ("0.119.0", "Pair_Item__int_"),
        ("0.128.3", "Pair_Item__int_"),
        ("0.128.4", "Pair_Item_int_"),
    ],
)
def test_some_fastapis_write_a_space_behind_a_comma(fastapi: str, name: str, tmp_path: Path) -> None:
    assert name in _document(tmp_path, fastapi, _NEWEST[1])["components"]["schemas"]


@pytest.mark.parametrize(("fastapi", "form"), [("0.112.4", "Body_login_login_post"), ("0.113.0", "Login")])
def test_a_model_is_a_form_since_fastapi_0_113(fastapi: str, form: str, tmp_path: Path) -> None:
    body = _document(tmp_path, fastapi, _NEWEST[1])["paths"]["/login"]["post"]["requestBody"]
    schema = body["content"]["application/x-www-form-urlencoded"]["schema"]
    assert schema == {"$ref": f"#/components/schemas/{form}"}


@pytest.mark.parametrize(("fastapi", "has_body"), [("0.128.1", False), ("0.128.2", True)])
def test_what_is_behind_an_alias_is_seen_since_fastapi_0_128_2(
    fastapi: str, has_body: bool, tmp_path: Path
) -> None:
    operation = _document(tmp_path, fastapi, _NEWEST[1])["paths"]["/alias"]["post"]
    assert ("requestBody" in operation) is has_body
    assert ("parameters" in operation) is not has_body


@pytest.mark.parametrize(
    ("fastapi", "errors", "external"),
    [("0.116.2", 3, False), ("0.117.1", 3, True), ("0.128.0", 3, True), ("0.128.1", 5, True)],
)
def test_the_rest_of_the_document_grew(fastapi: str, errors: int, external: bool, tmp_path: Path) -> None:
    document = _document(tmp_path, fastapi, _NEWEST[1])
    assert len(document["components"]["schemas"]["ValidationError"]["properties"]) == errors
    assert ("externalDocs" in document) is external
