"""A finding's fingerprint stays whatever is written around its statement."""

from __future__ import annotations

import ast
import re
import shutil
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from archlint.engine import run
from archlint.loading import Request

FIXTURES = Path(__file__).parents[1] / "fixtures"
SERVICES = sorted(
    path.name for path in FIXTURES.iterdir() if path.is_dir() and path.name != "reference-service"
)
ADDED = (
    "\n\n# A comment.\n",
    "\n\nSOMETHING_ELSE = 1\n",
    "\n\nasync def something_else(session):\n    return await session.execute('SELECT 1')\n",
    "\n\ndef one_more():\n    import time\n\n    time.sleep(1)\n",
)


def fingerprints(root: Path) -> frozenset[str]:
    return frozenset(finding.fingerprint for finding in run(Request((root,))).findings)


@cache
def untouched(service: str) -> frozenset[str]:
    with TemporaryDirectory() as folder:
        return fingerprints(copied(service, Path(folder)))


def copied(service: str, folder: Path) -> Path:
    ignored = shutil.ignore_patterns("__pycache__", ".venv", ".*_cache")
    shutil.copytree(FIXTURES / service, folder / "service", dirs_exist_ok=True, ignore=ignored)
    return folder / "service"


@cache
def files(service: str) -> tuple[str, ...]:
    """The Python files in which a function changes no other meaning: no tests, no migrations."""
    root = FIXTURES / service
    found = (path for path in root.rglob("*.py") if path.read_bytes().isascii() and path.stat().st_size)
    names = (path.relative_to(root).as_posix() for path in found)
    return tuple(sorted(name for name in names if not re.search(r"test|migration|alembic|versions/", name)))


def ends(text: str) -> list[int]:
    """The lines after which another statement of the module may stand."""
    try:
        return [0, *(node.end_lineno or 0 for node in ast.parse(text).body)][1:]
    except SyntaxError:
        return []


@pytest.mark.parametrize("service", SERVICES)
@settings(max_examples=3, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_edits_elsewhere_change_no_fingerprint(service: str, data: st.DataObject) -> None:
    edit = st.tuples(st.sampled_from(files(service)), st.sampled_from(ADDED), st.integers(0, 99))
    with TemporaryDirectory() as folder:
        root = copied(service, Path(folder))
        for file, added, place in data.draw(st.lists(edit, min_size=1, max_size=8)):
            path = root / file
            lines = path.read_text("utf-8").splitlines(keepends=True)
            if after := ends("".join(lines)):
                lines.insert(after[place % len(after)], added)
                path.write_text("".join(lines), "utf-8")
        assert untouched(service) - fingerprints(root) == frozenset()


def test_the_services_have_findings_to_lose() -> None:
    assert sum(len(untouched(service)) for service in SERVICES) > 100


ROUTER = (
    "from fastapi import APIRouter\n\n{imports}\n\nrouter = APIRouter()\n\n\n"
    "@router.get('/a')\ndef a():\n    return first(), users\n"
)
BEFORE = "from app.crud import users, orders\nfrom app.crud.users import first, second"


@pytest.mark.parametrize(
    ("after", "gone", "new"),
    [
        (BEFORE, 0, 0),
        ("from app.crud import users, orders\nfrom app.crud.users import first", 0, 0),
        ("from app.crud import users, orders\nfrom app.crud.users import second", 0, 0),
        ("from app.crud import users, orders as o\nfrom app.crud.users import first, second", 0, 0),
        ("from app.crud import users\nfrom app.crud.users import first, second", 1, 0),
        ("from app.crud import orders\nfrom app.crud.users import first, second", 1, 0),
        ("from app.crud import users, items, orders\nfrom app.crud.users import first, second", 0, 1),
        (BEFORE + "\nfrom app.models import User", 0, 1),
    ],
)
def test_an_import_is_known_by_the_module_it_leads_to(
    tmp_path: Path, after: str, gone: int, new: int
) -> None:
    base, head = (bypasses(tmp_path / name, imports) for name, imports in (("a", BEFORE), ("b", after)))
    assert len(base) == 3
    assert (len(base - head), len(head - base)) == (gone, new)


def test_a_query_is_known_by_its_function(tmp_path: Path) -> None:
    one = "def made(session: Session):\n    return session.execute(select(User))\n"
    two = one.replace("    return", "    session.scalars(delete(User))\n    return")
    more = two + "\n\ndef more(session: Session):\n    return session.execute(select(User))\n"
    head = (
        "from sqlalchemy import delete, select\nfrom sqlalchemy.orm import Session\n\n"
        "from app.models import User\n\n\n"
    )
    for layer, code in (("dependencies", "BA0505"), ("services", "BA0512")):
        found = [
            told(tmp_path / layer / str(number), {f"app/{layer}/things.py": head + body}, code)
            for number, body in enumerate((one, two, more))
        ]
        assert len(found[0]) == 1
        assert found[0] == found[1] < found[2]


BLOCKING = """import subprocess, time
import requests
from fastapi import APIRouter

router = APIRouter()


@router.get("/a")
async def a():
    helper()
    time.sleep(1)
    return 1


def helper():
    requests.get("b")
    time.sleep(2)
    open("x")
"""


@pytest.mark.parametrize(
    ("before", "after", "code"),
    [
        ('    open("x")\n', "", "BA0604"),
        ("    time.sleep(2)\n", "", "BA0604"),
        ("    time.sleep(2)\n", '    time.sleep(2)\n    subprocess.run("c")\n', "BA0604"),
        ("requests.get(", "requests.post(", "BA0604"),
        ("import requests", "import httpx as requests", "BA0604"),
        ("time.sleep(1)\n", "time.sleep(2)\n    int('1')\n", "BA0606"),
    ],
)
def test_what_blocks_is_known_by_the_call_that_its_function_makes(
    tmp_path: Path, before: str, after: str, code: str
) -> None:
    assert before in BLOCKING
    base, head = (
        told(tmp_path / name, {"app/routers/things.py": text}, code)
        for name, text in (("a", BLOCKING), ("b", BLOCKING.replace(before, after, 1)))
    )
    assert len(base) == 1
    assert head == base


def test_another_call_that_blocks_is_another_finding(tmp_path: Path) -> None:
    more = BLOCKING.replace("    return 1", "    subprocess.run('c')\n    return 1")
    base, head = (
        told(tmp_path / name, {"app/routers/things.py": text}, "BA0606")
        for name, text in (("a", BLOCKING), ("b", more))
    )
    assert base < head


APP = "from fastapi import FastAPI\n\napi = FastAPI(docs_url=None, redoc_url=None)\n"
SERVED = "from fastapi import FastAPI\n\napi = FastAPI()\n\n\n@api.get('/a')\nasync def a(): ...\n"
ENGINE = (
    "from sqlalchemy.ext.asyncio import create_async_engine\n\n"
    "engine = create_async_engine('postgresql+asyncpg://db/a', pool_size=5, max_overflow=3)\n"
)
PROJECT = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['fastapi', 'redis', 'sqlalchemy>=1.3']\n"
STACK = "services:\n  app:\n    build: .\n"


@pytest.mark.parametrize(
    ("file", "text", "before", "after", "code"),
    [
        ("app/core/database.py", ENGINE, ", max_overflow=3", "", "BA0707"),
        ("app/main.py", SERVED, "get('/a')", "get('/v1/a')", "BA0506"),
        ("app/main.py", APP, ", redoc_url=None", "", "BA1102"),
        ("compose.yaml", STACK, "  app:", "  db:\n    image: postgres:17\n  app:", "BA1012"),
        ("pyproject.toml", PROJECT, "sqlalchemy>=1.3", "sqlalchemy>=1.4", "BA0203"),
        ("pyproject.toml", PROJECT, "['fastapi'", "['alembic', 'fastapi'", "BA0301"),
        ("pyproject.toml", PROJECT, "['fastapi'", "['pytest', 'fastapi'", "BA0901"),
    ],
)
def test_what_is_partly_mended_is_no_new_finding(
    tmp_path: Path, file: str, text: str, before: str, after: str, code: str
) -> None:
    assert before in text
    written = {"pyproject.toml": PROJECT, file: text}
    base = told(tmp_path / "a", written, code)
    head = told(tmp_path / "b", written | {file: text.replace(before, after, 1)}, code)
    assert len(base) == 1
    assert head == base


def bypasses(root: Path, imports: str) -> frozenset[str]:
    return told(root, {"app/routers/things.py": ROUTER.format(imports=imports)}, "BA0511")


def told(root: Path, written: dict[str, str], code: str) -> frozenset[str]:
    """The fingerprints of what a rule says of a service with these files in its layers."""
    crud = "def first():\n    return 1\n\n\ndef second():\n    return 2\n"
    model = (
        "from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column\n\n\n"
        "class Base(DeclarativeBase):\n    pass\n\n\n"
        "class User(Base):\n    __tablename__ = 'u'\n    id: Mapped[int] = mapped_column(primary_key=True)\n"
    )
    layers = {f"app/crud/{name}.py": crud for name in ("users", "orders", "items")}
    layers |= {"app/models/__init__.py": model, "app/services/__init__.py": "", "app/crud/__init__.py": ""}
    code_files = (name for name in written if name.endswith(".py"))
    imports = "".join(f"import {name[:-3].replace('/', '.')}\n" for name in code_files)
    main = f"from fastapi import FastAPI\n\n{imports}\napi = FastAPI()\n"
    project = "[project]\nname = 'a'\nversion = '1'\ndependencies = ['fastapi', 'sqlalchemy']\n"
    for name, text in {"pyproject.toml": project, "app/main.py": main, **layers, **written}.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    found = run(Request((root,))).findings
    return frozenset(one.fingerprint for one in found if one.code == code)
