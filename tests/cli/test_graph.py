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


@pytest.mark.parametrize(("use", "forbidden"), [("mapped_column(default=now)", 0), ("mapped_column()", 1)])
def test_a_picture_forbids_models_what_their_rule_does(
    run: Run, tmp_path: Path, use: str, forbidden: int
) -> None:
    users = f"""\
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        from app.core.clock import now


        class Base(DeclarativeBase): ...


        class User(Base):
            __tablename__ = "users"
            id: Mapped[int] = mapped_column(primary_key=True)
            made: Mapped[str] = {use}

            def touch(self):
                {"self.made = now()" if forbidden else "pass"}
        """
    write(tmp_path, {"app/core/clock.py": "def now(): ...\n", "app/models/users.py": users})
    told = json.loads(run("check", "--select", "BA0513", "--output-format", "json").out)["findings"]
    assert len(told) == forbidden
    assert arrows(run)["models", "core"] == (1, forbidden)


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


SVG = "{http://www.w3.org/2000/svg}"


@pytest.mark.parametrize("picture", [("--layers",), ("--modules",), ("--calls", "read")])
def test_svg_draws_what_json_holds_and_no_name_leaves_its_box(run: Run, picture: tuple[str, ...]) -> None:
    root = ET.fromstring(run("graph", "--format", "svg", *picture).out)
    nodes, edges = ([g for g in root.iter(f"{SVG}g") if g.get("class") == kind] for kind in ("node", "edge"))
    found = json.loads(run("graph", "--format", "json", *picture).out)
    assert sorted(next(node.iter(f"{SVG}text")).text or "" for node in nodes) == sorted(
        node["name"] for node in found["nodes"]
    )
    assert len(edges) == len(found["arrows"])
    assert [next(edge.iter(f"{SVG}path")).get("stroke-width") for edge in edges].count("2") == 1
    for node in nodes:
        corners = [float(x) for x in re.findall(r"(-?[\d.]+),", next(node.iter(f"{SVG}path")).get("d", ""))]
        for text in node.iter(f"{SVG}text"):
            half = 0.6 * float(text.get("font-size", "")) * len(text.text or "") / 2
            middle = float(text.get("x", ""))
            assert min(corners) <= middle - half and middle + half <= max(corners)


def test_svg_names_no_other_site(run: Run) -> None:
    text = run("graph", "--format", "svg").out
    assert set(re.findall(r"https?://[^/\"]+", text)) == {"http://www.w3.org"}  # the names of the formats


def test_names_that_are_markup_stay_text(run: Run, tmp_path: Path) -> None:
    hostile = 'a"]; x <b>&\\ y'
    write(tmp_path, {f"app/{hostile}/__init__.py": "", f"app/{hostile}/more.py": "import app.main\n"})
    root = ET.fromstring(run("graph", "--modules", "--format", "svg").out)
    assert any(hostile in (text.text or "") for text in root.iter(f"{SVG}text"))


def test_depth_folds_modules_into_packages(run: Run) -> None:
    assert arrows(run, "--modules", "--depth", "2") == {
        ("app.main", "app.routers"): (1, 0),
        ("app.routers", "app.crud"): (1, 1),
        ("app.routers", "app.services"): (1, 0),
        ("app.services", "app.crud"): (1, 0),
    }
    assert arrows(run, "--modules", "--depth", "1") == {}


def test_depth_of_calls_is_how_many_calls_away(run: Run) -> None:
    reached = arrows(run, "--calls", "read", "--depth", "1")
    assert ("app.services.users:find", "app.crud.users:first") not in reached
    assert ("app.routers.users:read", "app.services.users:find") in reached


@pytest.mark.parametrize("name", ["app.services", "app.services.users", "*.services"])
def test_focus_leaves_what_it_touches(run: Run, name: str) -> None:
    assert arrows(run, "--modules", "--focus", name) == {
        ("app.routers.users", "app.services.users"): (1, 0),
        ("app.services.users", "app.crud.users"): (1, 0),
    }


def test_a_picture_that_is_too_big_is_refused(run: Run, tmp_path: Path) -> None:
    names = [f"m{number}" for number in range(24)]
    lines = {f"app/{n}.py": "".join(f"import app.{m}\n" for m in names if m != n) for n in names}
    write(tmp_path, lines)
    refused = run("graph", "--modules")
    assert refused.code == 2
    assert "--depth or --focus" in refused.err
    assert run("graph", "--modules", "--format", "dot").code == 0
    assert run("graph", "--modules", "--depth", "1").code == 0


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
    assert run("graph", "--layers", "--depth", "2").code == 2
    assert "nothing in the picture is named `nobody`" in run("graph", "--modules", "--focus", "nobody").err
    write(tmp_path, {"other/pyproject.toml": "[project]\nname='o'\n", "other/main.py": FILES["app/main.py"]})
    assert "several services" in run("graph").err
