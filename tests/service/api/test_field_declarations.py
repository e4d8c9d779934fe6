"""The fields that a class declares: by an interpretation, by names alone, and as Pydantic itself has them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from archlint.facts.syntax import ClassDef
from archlint.service.api.field_declarations import Declaration, declarations
from archlint.service.interpreter.assembly import interpreter
from archlint.service.interpreter.types import Types
from archlint.service.interpreter.values import Written, text
from tests.service.small import service_of

HEAD = """
from typing import Annotated, ClassVar, Optional
from pydantic import BaseModel, Field, PrivateAttr

Name = Annotated[str, Field(alias="b")]

"""

BODIES = {
    "plain": "a: str",
    "with a default": "a: str = 'x'",
    "with none": "a: Optional[str] = None",
    "required by three dots": "a: str = ...",
    "a field without a default": "a: str = Field(description='d')",
    "a field required by three dots": "a: str = Field(...)",
    "a default by its place": "a: str = Field('x', alias='b')",
    "a default by its name": "a: str = Field(alias='b', default='x')",
    "a factory": "a: list[str] = Field(default_factory=list)",
    "annotated": "a: Annotated[str, Field(alias='b')]",
    "annotated with a default": "a: Annotated[str, Field(alias='b')] = 'x'",
    "annotated by an alias": "a: Name = 'x'",
    "annotated twice": "a: Annotated[str, Field(alias='b')] = Field('x', alias='c')",
    "an annotated default": "a: Annotated[str, Field(default='y')]",
    "an assigned default beside an annotated one": "a: Annotated[str, Field(default='y')] = 'x'",
    "a bound inside of a union": "a: Optional[Annotated[str, Field(max_length=3)]] = None",
    "class variables": "a: ClassVar[str] = 'x'\nb: 'ClassVar[str]' = 'x'",
    "private": "_a: str = 'x'\n_b: str = PrivateAttr('x')",
    "in quotes": "a: 'Optional[str]' = Field('x', alias='b')",
}


def really(source: str) -> dict[str, tuple[str | None, Any, bool]]:
    namespace: dict[str, Any] = {"__name__": "models"}
    exec(compile(source, "models.py", "exec", dont_inherit=True), namespace)
    model: type[BaseModel] = namespace["Model"]
    return {name: _of(info) for name, info in model.model_fields.items()}


def _of(info: FieldInfo) -> tuple[str | None, Any, bool]:
    default = None if info.default is PydanticUndefined else info.default
    return info.alias, default, info.is_required()


def told(one: Declaration) -> tuple[str | None, Any, bool]:
    default, required = one.default
    return _plain(one.keywords.get("alias")), _plain(default), required


def _plain(value: Any) -> str | None:
    return text(getattr(value.expression, "value", None)) if isinstance(value, Written) else text(value)


@pytest.mark.parametrize("by_names", [False, True], ids=["interpreted", "by names alone"])
@pytest.mark.parametrize("name", BODIES)
def test_the_fields_are_those_of_pydantic(name: str, by_names: bool, tmp_path: Path) -> None:
    body = "\n    ".join(BODIES[name].splitlines())
    source = f"{HEAD}class Model(BaseModel):\n    {body}\n"
    service = service_of(tmp_path, {"app/models.py": source})
    module = service.modules.by_path["app/models.py"]
    types = service.annotations if by_names else Types(interpreter(service.modules, {}), service.symbols)
    symbol = service.symbols.resolve(module, "Model")
    place = types.place_of(symbol)
    assert place is not None
    assert isinstance(symbol.node, ClassDef)
    found = {one.name: told(one) for one in declarations(symbol.node, place, types)}
    assert found == really(source)
