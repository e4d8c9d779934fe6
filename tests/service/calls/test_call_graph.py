"""Which function reaches which, in which way, and where it runs; first what must not be connected."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.calls.call_graph import Calls
from archlint.service.calls.execution_places import Where
from tests.service.small import service_of


def calls_of(folder: Path, source: str) -> Calls:
    return service_of(folder, {"main.py": source}).calls


def reached(calls: Calls, name: str) -> set[str]:
    (function,) = calls.find(name)
    return {f"{edge.callee.short_name} {edge.way}" for edge in calls.edges_from(function)}


def library_calls(calls: Calls, name: str) -> list[str]:
    (function,) = calls.find(name)
    return [call.path for call in calls.library_calls(function)]


@pytest.mark.parametrize(
    "body",
    [
        "other",  # a name is no call
        "'other()'",
        "print(other)  # what print is given it does not run",
        "unknown.other()",
        "[other]",
        "other = unknown\n    other()",
    ],
)
def test_what_is_not_called_is_not_reached(tmp_path: Path, body: str) -> None:
    calls = calls_of(tmp_path, f"def other(): ...\n\ndef start(unknown):\n    {body}\n")
    assert not {one for one in reached(calls, "start") if one.endswith((" here", " awaited", " thread"))}


def test_a_coroutine_that_nobody_awaits_does_not_run(tmp_path: Path) -> None:
    calls = calls_of(tmp_path, "async def other(): ...\n\nasync def start():\n    other()\n")
    assert reached(calls, "start") == set()


def test_a_subclass_is_not_meant_where_the_object_is_made_in_sight(tmp_path: Path) -> None:
    source = """
    class Base:
        def run(self): ...

    class Sub(Base):
        def run(self): ...

    def start():
        Base().run()

    def given(base: Base):
        base.run()
    """
    calls = calls_of(tmp_path, source)
    assert reached(calls, "start") == {"Base.run here"}
    assert reached(calls, "given") == {"Base.run here", "Sub.run here"}


@pytest.mark.parametrize(
    "body, expected",
    [
        ("other()", {"other here"}),
        ("await task()", {"task here"}),
        ("await asyncio.to_thread(other)", {"other thread"}),
        ("await run(other)", {"run here", "other here"}),
        ("Made().method()", {"Made.method here"}),
        ("(lambda: other())()", {"start.<lambda> here"}),
    ],
)
def test_what_is_called_is_reached(tmp_path: Path, body: str, expected: set[str]) -> None:
    source = f"""import asyncio

def other(): ...

async def task(): ...

async def run(function):
    function()

class Made:
    def method(self): ...

async def start():
    {body}
"""
    found = reached(calls_of(tmp_path, source), "main:start")
    assert expected - {"other here"} <= found


def test_calls_of_libraries_are_named_by_how_one_gets_there(tmp_path: Path) -> None:
    source = """
    import requests
    from time import sleep as rest

    def start():
        rest(1)
        requests.Session().get("/")
    """
    found = library_calls(calls_of(tmp_path, source), "start")
    assert sorted(found) == ["requests.Session", "requests.Session().get", "time.sleep"]


def test_where_a_function_runs_follows_from_who_runs_it(tmp_path: Path) -> None:
    source = """
    from fastapi import FastAPI

    app = FastAPI()

    def helper(): ...

    def unused(): ...

    def kept(): ...

    table = {"kept": kept}

    @app.get("/async")
    async def on_loop():
        helper()

    @app.get("/plain")
    def in_thread(): ...
    """
    calls = calls_of(tmp_path, source)

    def where(name: str) -> frozenset[Where]:
        return calls.where(calls.find(f"main:{name}")[0])

    assert where("kept") == {Where.UNKNOWN}
    assert where("unused") == {Where.NOWHERE}
    assert where("in_thread") == {Where.THREAD}
    assert where("on_loop") == {Where.LOOP}
    assert where("helper") == {Where.LOOP}


def test_what_leads_to_a_function_ends_at_circles(tmp_path: Path) -> None:
    source = "def a(): b()\ndef b(): a(); c()\ndef c(): ...\ndef d(): ...\n"
    calls = calls_of(tmp_path, source)
    (target,) = calls.find("main:c")
    assert {one.short_name for one in calls.leading_to([target])} == {"a", "b", "c"}
    (start,) = calls.find("main:a")
    assert [step.edge.callee.short_name for step in calls.walk(start)] == ["b", "a", "c"]
