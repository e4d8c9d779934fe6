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
        "#/paths/~1local/patch": "whether `x` is in the query or in the body",
    }
