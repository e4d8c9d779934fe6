"""`archlint graph`: what is drawn, in every format, without Graphviz."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from tests.cli.command_line import Run, write

FILES = {
    "app/main.py": "from fastapi import FastAPI\n\nfrom app.routers.users import router\n\napp = FastAPI()\n"
    "app.include_router(router)\n",
    "app/routers/users.py": """\
        import time

        from fastapi import APIRouter

        from app.crud.users import first, second
        from app.services import users

        router = APIRouter()


        @router.get("/users")
        async def read():
            users.find()
            return wait()


        def wait():
            time.sleep(1)
        """,
    "app/services/users.py": "from app.crud import users\n\n\ndef find():\n    return users.first()\n",
    "app/crud/users.py": "def first(): ...\n\n\ndef second(): ...\n",
}


@pytest.fixture(autouse=True)
def service(tmp_path: Path) -> None:
    write(tmp_path, FILES)


def arrows(run: Run, *options: str) -> dict[tuple[str, str], tuple[int, int]]:
    """How often each arrow stands for a use, and for a forbidden one."""
    found = json.loads(run("graph", "--format", "json", *options).out)
    return {(a["source"], a["target"]): (a["count"], a["forbidden"]) for a in found["arrows"]}


def test_layers(run: Run) -> None:
    assert (
        arrows(run)
        == arrows(run, "--layers")
        == {
            ("routers", "services"): (1, 0),
            ("routers", "crud"): (1, 1),
            ("services", "crud"): (1, 0),
        }
    )


def test_modules(run: Run) -> None:
    assert arrows(run, "--modules") == {
        ("app.main", "app.routers.users"): (1, 0),
        ("app.routers.users", "app.crud.users"): (1, 1),
        ("app.routers.users", "app.services.users"): (1, 0),
        ("app.services.users", "app.crud.users"): (1, 0),
    }


def test_calls(run: Run) -> None:
    router, service, crud = "app.routers.users", "app.services.users", "app.crud.users"
    assert arrows(run, "--calls", f"{router}:read") == {
        (f"{router}:read", f"{service}:find"): (1, 0),
        (f"{router}:read", f"{router}:wait"): (1, 0),
        (f"{service}:find", f"{crud}:first"): (1, 0),
        (f"{router}:wait", "time.sleep"): (1, 1),
    }


@pytest.mark.parametrize("picture", [("--layers",), ("--modules",), ("--calls", "read")])
def test_mermaid_and_dot_say_the_same(run: Run, picture: tuple[str, ...]) -> None:
    found = arrows(run, *picture)
    mermaid, dot = run("graph", *picture).out, run("graph", "--format", "dot", *picture).out
    assert len(re.findall(r"^ +n\d+ -->", mermaid, re.MULTILINE)) == len(found)
    assert len(re.findall(r"^ +n\d+ -> n\d+ ", dot, re.MULTILINE)) == len(found)
    forbidden = sum(1 for _, broken in found.values() if broken)
    assert dot.count("penwidth=2") == forbidden
    assert len(re.search(r"linkStyle (\S+)", mermaid)[1].split(",")) == forbidden  # type: ignore[index]


@pytest.mark.parametrize("picture", [("--layers",), ("--modules",), ("--calls", "read")])
def test_svg_boxes_lie_beside_each_other_inside_the_picture(run: Run, picture: tuple[str, ...]) -> None:
    root = ET.fromstring(run("graph", "--format", "svg", *picture).out)
    tag = "{http://www.w3.org/2000/svg}"
    boxes = [
        [float(rect.get(n, "")) for n in ("x", "y", "width", "height")]
        for rect in root.findall(f"{tag}rect")[1:]
    ]
    width, height = float(root.get("width", "")), float(root.get("height", ""))
    assert all(x >= 0 and x + w <= width and y >= 0 and y + h <= height for x, y, w, h in boxes)
    for index, (x, y, w, h) in enumerate(boxes):
        for other_x, other_y, other_w, _ in boxes[index + 1 :]:
            assert abs(y - other_y) >= h or x + w <= other_x or other_x + other_w <= x
    assert len(root.findall(f"{tag}path")) == len(arrows(run, *picture))
    assert [path.get("stroke-width") for path in root.findall(f"{tag}path")].count("2") == 1


def test_to_a_file(run: Run, tmp_path: Path) -> None:
    assert run("graph", "--output-file", "layers.mmd") == (0, "", "")
    assert (tmp_path / "layers.mmd").read_text() == run("graph").out


def test_what_cannot_be_drawn(run: Run, tmp_path: Path) -> None:
    assert "is no function here" in run("graph", "--calls", "nobody").err
    assert "app.crud.users:first" in run("graph", "--calls", "first", "--format", "json").out
    write(tmp_path, {"app/more.py": "def first(): ...\n"})
    assert (
        "means several functions: app.crud.users:first, app.more:first"
        in run("graph", "--calls", "first").err
    )
    assert run("graph", "--layers", "--modules").code == 2
    write(tmp_path, {"other/pyproject.toml": "[project]\nname='o'\n", "other/main.py": FILES["app/main.py"]})
    assert "several services" in run("graph").err
