"""Documents of whole apps, held to what the running app says of itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.openapi.example_apps import APPS
from tests.service.openapi.running_document import differences, document_of, documented, running
from tests.service.small import service_of


@pytest.mark.parametrize("name", APPS)
def test_the_document_is_what_the_running_app_gives(name: str, tmp_path: Path) -> None:
    files = {"app/__init__.py": "", "app/main.py": APPS[name]}
    truth = running(files, tmp_path / "run")
    assert "\n".join(differences(documented(files, tmp_path / "read"), truth)) == ""


_REPLACED = """
    from fastapi import FastAPI
    from pydantic import BaseModel, create_model
    def optional(model):
        fields = {name: (field.annotation | None, None) for name, field in model.model_fields.items()}
        return create_model(f"Optional{model.__name__}", __base__=model, **fields)
    class Data(BaseModel):
        a: int
    @optional
    class Partial(Data):
        b: int
    def register(app, Data):
        Data = optional(Data)
        @app.patch("/local")
        def local(x: Data): ...
    app = FastAPI()
    @app.patch("/decorated")
    def decorated(x: Partial): ...
    register(app, Data)
"""


def test_a_model_that_a_function_of_the_service_makes_of_another_is_unknown(tmp_path: Path) -> None:
    document = document_of(service_of(tmp_path, {"app/__init__.py": "", "app/main.py": _REPLACED}))
    assert dict(document.unknown) == {
        "#/components/schemas/Partial": "a decorator may make another model of it",
        "#/paths/~1local/patch/requestBody/content/application~1json/schema": (
            "it is a model that `create_model` makes when the service starts"
        ),
    }


_CONFIGURED = """
    import os
    from typing import Optional
    from fastapi import FastAPI, Query
    from pydantic import BaseModel, Field, create_model
    from pydantic_settings import BaseSettings
    class Settings(BaseSettings):
        page: int = 20
        name: str
    settings = Settings()
    class Data(BaseModel):
        told: str = os.environ.get("TOLD", "x")
        page: int = settings.page
        variable: Optional[str] = Field(default=os.environ.get("GIVEN"), max_length=3)
        name: str = settings.name
    Partial = create_model("Partial", **{k: (f.annotation, None) for k, f in Data.model_fields.items()})
    Older = create_model("Older", **{k: (f.type_, None) for k, f in Data.__fields__.items()})
    app = FastAPI(title=settings.name)
    @app.post("/data")
    def data(x: Data, q: str = settings.name, n: int = Query(settings.page)): ...
    @app.post("/partial")
    def partial(x: Partial): ...
    @app.post("/older")
    def older(x: Older): ...
"""


def test_a_default_that_the_environment_decides_is_unknown_and_nothing_else_of_its_field(
    tmp_path: Path,
) -> None:
    document = document_of(service_of(tmp_path, {"app/__init__.py": "", "app/main.py": _CONFIGURED}))
    fields = document.content["components"]["schemas"]["Data"]["properties"]
    assert fields["told"]["default"] == "x"
    assert fields["page"]["default"] == 20
    assert fields["variable"]["anyOf"] == [{"type": "string", "maxLength": 3}, {"type": "null"}]
    taken = {p["name"]: p["schema"] for p in document.content["paths"]["/data"]["post"]["parameters"]}
    assert taken["n"] == {"type": "integer", "default": 20, "title": "N"}
    assert "required" not in document.content["components"]["schemas"]["Data"]
    made = "it is a model that `create_model` makes when the service starts"
    assert dict(document.unknown) == {
        "#/info": "the source does not tell its title",
        "#/components/schemas/Data/properties/variable/default": "environment variable `GIVEN`",
        "#/components/schemas/Data/properties/name/default": "`Settings.name` has no default",
        "#/paths/~1data/post/parameters/0/schema/default": "`Settings.name` has no default",
        "#/paths/~1partial/post/requestBody/content/application~1json/schema": made,
        "#/paths/~1older/post/requestBody/content/application~1json/schema": made,
    }


_ENDLESS = """
    from fastapi import FastAPI, Query
    from pydantic import BaseModel, Field
    cycle = {}
    cycle["again"] = [cycle]
    deep = []
    for _ in range(200):
        deep = [deep]
    wide = [1]
    for _ in range(40):
        wide = [wide, wide]
    class Data(BaseModel):
        x: dict = Field(cycle, examples=deep, json_schema_extra={"wide": wide})
    app = FastAPI(openapi_tags=wide)
    @app.post("/data", responses={400: {"content": cycle}}, openapi_extra={"x-deep": deep})
    def data(x: Data, q: list = Query(wide)): ...
"""


def test_what_contains_itself_or_doubles_is_unknown(tmp_path: Path) -> None:
    document = document_of(service_of(tmp_path, {"app/__init__.py": "", "app/main.py": _ENDLESS}))
    why = "it contains itself, or is too big to write"
    assert len([place for place, reason in document.unknown if reason == why]) >= 4
