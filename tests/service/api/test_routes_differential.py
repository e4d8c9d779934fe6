"""The resolver against the running app, by hand for each mechanism and for random nestings."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.service.app_mechanisms import APP_MECHANISMS
from tests.service.language_mechanisms import LANGUAGE_MECHANISMS
from tests.service.lifespan_mechanisms import LIFESPAN_MECHANISMS
from tests.service.route_mechanisms import ROUTE_MECHANISMS
from tests.service.running_app import Row, resolved, rows, running
from tests.service.starlette_mechanisms import STARLETTE_MECHANISMS
from tests.service.value_mechanisms import VALUE_MECHANISMS

MECHANISMS = {
    **ROUTE_MECHANISMS,
    **APP_MECHANISMS,
    **STARLETTE_MECHANISMS,
    **LANGUAGE_MECHANISMS,
    **LIFESPAN_MECHANISMS,
    **VALUE_MECHANISMS,
}


@pytest.mark.parametrize("name", MECHANISMS)
def test_the_routes_are_those_of_the_running_app(name: str, tmp_path: Path) -> None:
    files = {"app/__init__.py": "", **MECHANISMS[name]}
    assert sorted(resolved(files)) == sorted(set(running(files, tmp_path)))


_TAGS = st.lists(st.sampled_from("abc"), max_size=2)
_PREFIXES = st.sampled_from(["", "/x", "/{{key{}}}", "/y/z"])


@st.composite
def programs(draw: st.DrawFn) -> str:
    """A module that makes routers, registers endpoints and includes routers as FastAPI allows."""
    count = draw(st.integers(1, 4))
    lines = ["from fastapi import APIRouter, FastAPI"]
    for number in range(count):
        prefix, tags = draw(_PREFIXES).format(number), draw(_TAGS)
        hidden = draw(st.sampled_from([None, True, False]))
        extra = "" if hidden is None else f", include_in_schema={hidden}, deprecated={not hidden}"
        lines.append(f"r{number} = APIRouter(prefix={prefix!r}, tags={tags!r}{extra})")
    lines.append("app = FastAPI()")
    for step in range(draw(st.integers(1, 8))):
        lines.extend(_registered(draw, count, step) if draw(st.booleans()) else _included(draw, count, step))
    return "\n".join(lines) + "\n"


def _registered(draw: st.DrawFn, count: int, step: int) -> list[str]:
    target = draw(st.sampled_from(["app", *(f"r{n}" for n in range(count))]))
    method = draw(st.sampled_from(["get", "post", "websocket"]))
    options = "" if method == "websocket" else f", tags={draw(_TAGS)!r}, deprecated={draw(st.booleans())}"
    kind = "async def" if draw(st.booleans()) or method == "websocket" else "def"
    argument = "socket" if method == "websocket" else ""
    return [f'@{target}.{method}("/p{step}"{options})', f"{kind} f{step}({argument}): ..."]


def _included(draw: st.DrawFn, count: int, step: int) -> list[str]:
    child = draw(st.integers(0, count - 1))
    parents = ["app", *(f"r{n}" for n in range(child))]
    parent = draw(st.sampled_from(parents))
    prefix, tags, hidden = draw(_PREFIXES).format(f"_{step}"), draw(_TAGS), draw(st.booleans())
    return [
        f"{parent}.include_router(r{child}, prefix={prefix!r}, tags={tags!r}, include_in_schema={hidden})"
    ]


@settings(max_examples=150, deadline=None, derandomize=True)
@given(programs())
def test_random_nestings_give_the_routes_of_the_running_app(program: str) -> None:
    assert sorted(resolved({"app/main.py": program})) == sorted(set(_served(program)))


def _served(program: str) -> list[Row]:
    import linecache
    import sys
    from types import ModuleType

    module = ModuleType("app")
    module.__file__ = "app/main.py"
    linecache.cache["app/main.py"] = (len(program), None, program.splitlines(keepends=True), "app/main.py")
    sys.modules["app"] = module
    try:
        exec(compile(program, "app/main.py", "exec"), module.__dict__)
        return list(rows(module.app))
    finally:
        del sys.modules["app"]
        del linecache.cache["app/main.py"]
