"""What an expression may be; first what must stay unknown."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.facts.syntax import Call, Name
from archlint.service.calls.library_models import Library
from archlint.service.calls.values import ClassType, FunctionType, InferredType, InstanceType
from tests.service.small import service_of

SOURCE = """
from __future__ import annotations
from contextlib import contextmanager
from requests import Session

class Box:
    session: Session

    def __init__(self, item: Item):
        self.item = item

class Item: ...

def make() -> Box: ...

def plain(): return Item()

@contextmanager
def entered():
    yield Item()

async def later() -> Item: ...

def start(box: Box, boxes: list[Box], unknown, either: Box | Item):
{body}
    show(found)
"""


def found(folder: Path, body: str) -> set[str]:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    calls = service_of(folder, {"main.py": SOURCE.replace("{body}", lines.rstrip())}).calls
    (function,) = calls.find("main:start")
    calls_in = function.module.source.nodes.of(Call)
    (show,) = [call for call in calls_in if isinstance(call.func, Name) and call.func.id == "show"]
    return set(map(shown, calls.inference.values(show.args[0], function)))


def shown(value: InferredType) -> str:
    match value:
        case Library(path):
            return path
        case InstanceType(cls):
            return f"{cls.node.name}()"
        case ClassType(cls):
            return cls.node.name
        case FunctionType(function):
            return function.short_name
    return type(value).__name__


@pytest.mark.parametrize(
    "body",
    [
        "found = unknown.session",
        "found = missing",
        "found = box.missing",
        "found = 1",
        "found = boxes.item",
        "found = unknown\nfound = found.copy()",
    ],
)
def test_what_the_source_does_not_tell_is_nothing(tmp_path: Path, body: str) -> None:
    assert {one for one in found(tmp_path, body) if one[0].isupper() and one != "ParameterType"} == set()


@pytest.mark.parametrize(
    "body, expected",
    [
        ("found = box", {"Box()"}),
        ("found = Box", {"Box"}),
        ("found = make()", {"Box()"}),
        ("found = plain()", {"Item()"}),
        ("found = later()", {"Coroutine"}),
        ("found = box.item", {"Item()"}),
        ("found = box.session", {"requests.Session()"}),
        ("found = boxes[0]", {"Box()"}),
        ("for found in boxes: ...", {"Box()"}),
        ("with entered() as found: ...", {"Item()"}),
        ("found = either", {"Box()", "Item()"}),
        ("found = box if unknown else plain()", {"Box()", "Item()"}),
        ("found = Item()\nfound = make()", {"Box()"}),
        ("if unknown:\n    found = Item()\nelse:\n    found = make()", {"Item()", "Box()"}),
        ("found = plain", {"plain"}),
    ],
)
def test_what_the_source_tells(tmp_path: Path, body: str, expected: set[str]) -> None:
    assert found(tmp_path, body) == expected


def test_functions_that_need_each_other_come_to_an_end(tmp_path: Path) -> None:
    source = """
    class Made: ...

    def a(): return b()

    def b(): return a() or Made()
    """
    calls = service_of(tmp_path, {"main.py": source}).calls
    for name in ("a", "b"):
        (function,) = calls.find(f"main:{name}")
        assert set(map(shown, calls.inference.returned(function))) <= {"Made()"}
