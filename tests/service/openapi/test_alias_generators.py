"""Names that an alias generator makes, where nobody can tell them."""

from __future__ import annotations

from pathlib import Path

from archlint.service.openapi.document import Documents
from tests.service.openapi.running_document import LIBRARIES
from tests.service.small import service_of

_APP = """
    from fastapi import FastAPI
    from pydantic import BaseModel, ConfigDict
    from somewhere import renamer
    class Told(BaseModel):
        model_config = ConfigDict(alias_generator=lambda name: name.upper())
        first: int
    class Plain(BaseModel):
        model_config = ConfigDict(alias_generator=None)
        first: int
    class Untold(BaseModel):
        model_config = ConfigDict(alias_generator=renamer)
        first: int
    app = FastAPI()
    @app.get("/told")
    def told() -> Told: ...
    @app.get("/plain")
    def plain() -> Plain: ...
    @app.get("/untold")
    def untold() -> Untold: ...
"""


def test_what_a_generator_makes_of_names_is_unknown_where_it_cannot_be_read(tmp_path: Path) -> None:
    service = service_of(tmp_path, {"app/__init__.py": "", "app/main.py": _APP})
    document = Documents(service.routes, service.operations, LIBRARIES).main
    assert document is not None
    assert list(dict(document.unknown)) == ["#/components/schemas/Untold"]
    schemas = document.content["components"]["schemas"]
    assert [*schemas["Told"]["properties"], *schemas["Plain"]["properties"]] == ["FIRST", "first"]
