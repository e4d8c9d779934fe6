"""Objects whose `__init__` is made from their fields, held to the objects that Python makes."""

from __future__ import annotations

import pytest

from tests.service.interpreter.test_evaluation import APP, ROUTE, paths

OBJECTS = {
    "a class variable is no field": """
        from dataclasses import dataclass
        from typing import ClassVar
        @dataclass
        class C:
            count: ClassVar[int] = 0
            prefix: str
        P = C('/a').prefix
    """,
    "a field that `__init__` does not take": """
        from dataclasses import dataclass, field
        @dataclass
        class C:
            count: int = field(init=False, default=0)
            prefix: str = '/c'
        P = C('/a').prefix
    """,
    "the default of a dataclass's field": """
        from dataclasses import dataclass, field
        @dataclass
        class C:
            prefix: str = field(default='/a')
        P = C().prefix
    """,
    "a default that a function makes": """
        from dataclasses import dataclass, field
        @dataclass
        class C:
            parts: list[str] = field(default_factory=lambda: ['/a', '/b'])
        P = ''.join(C().parts)
    """,
    "the fields of the base come first": """
        from dataclasses import dataclass
        @dataclass
        class B:
            prefix: str
        @dataclass
        class C(B):
            count: int
        P = C('/a', 1).prefix
    """,
    "a field by its alias": """
        from pydantic import BaseModel, Field
        class C(BaseModel):
            prefix: str = Field('/c', alias='at')
        P = C(at='/a').prefix
    """,
    "a field by the alias of what is read": """
        from pydantic import BaseModel, Field
        class C(BaseModel):
            prefix: str = Field('/c', alias='to', validation_alias='at')
        P = C(at='/a').prefix
    """,
    "a private attribute is nothing that a model tells": """
        from pydantic import BaseModel, PrivateAttr
        class C(BaseModel):
            _hidden: str = PrivateAttr('/h')
            prefix: str = '/a'
        P = ''.join(C().model_dump().values())
    """,
    "a named tuple": """
        from typing import NamedTuple
        class C(NamedTuple):
            prefix: str
            count: int = 0
        P, _ = C('/a')
    """,
}


@pytest.mark.parametrize("source", OBJECTS.values(), ids=list(OBJECTS))
def test_the_object_has_what_python_gives_it(source: str) -> None:
    plain = "\n".join(line.removeprefix(" " * 8) for line in source.splitlines())
    truth: dict[str, object] = {"__name__": "app.main"}
    exec(compile(plain, "app/main.py", "exec", dont_inherit=True), truth)
    assert paths(APP + ROUTE + plain + "\napp.include_router(router, prefix=P)\n") == [f"{truth['P']}/x"]


def test_a_required_field_that_is_not_given_has_no_value() -> None:
    source = "from pydantic import BaseModel, Field\nclass C(BaseModel):\n    prefix: str = Field(...)\n"
    assert paths(APP + ROUTE + source + "app.include_router(router, prefix=C(**read()).prefix)\n") == []
