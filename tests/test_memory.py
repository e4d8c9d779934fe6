"""What rules have said is said again only where they would say the same."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from archlint import __main__, asking, engine, readings, traces
from archlint.facts.differences import FileDifference, numbered
from archlint.facts.python import read_python
from archlint.facts.source import PythonSource, function_naming, function_summary
from archlint.facts.syntax import Call, Constant, FunctionDef, Name
from archlint.facts.traversal import all_nodes
from archlint.loading import Request, load
from archlint.service import services
from archlint.service.model import Service
from archlint.service.semantics.layout import Layout
from archlint.service.services import find_services

FIXTURE = Path(__file__).parents[1] / "fixtures/flat-service"
SOURCE = Path(__file__).parents[1] / "src/archlint"

MIGRATION = """
from alembic import op

revision = "{0}"
down_revision = {1}


def upgrade():
    op.execute("select {0}")


def downgrade():
    op.execute("select {0}")
"""
MAIN = """
import time

from fastapi import FastAPI
from sqlalchemy.orm import DeclarativeBase

app = FastAPI()


class Base(DeclarativeBase):
    pass


@app.get("/users")
async def users():
    helper()


def helper():
    return 1
"""
SHOP = {
    "pyproject.toml": "[project]\nname = 'shop'\nversion = '1'\ndependencies = ['fastapi', 'alembic']\n",
    "Dockerfile": "FROM python:3.12\nCOPY . .\nCMD uvicorn app.main:app\n",
    "alembic.ini": "[alembic]\nscript_location = migrations\n",
    "migrations/env.py": "from alembic import context\n\ncontext.run_migrations()\n",
    "migrations/versions/one.py": MIGRATION.format("1", None),
    "migrations/versions/two.py": MIGRATION.format("2", "'1'"),
    "app/__init__.py": "",
    "app/main.py": MAIN,
    "tests/test_users.py": "def test_users(client):\n    assert client.get('/users')\n",
}


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path / "cache"))
    folder = tmp_path / "shop"
    for name, text in SHOP.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def asked(folder: Path, *paths: str, **options: str) -> set[str]:
    """The names of the rules that a run asks; its findings are those of a run that remembers nothing."""
    steps: list[str] = []
    request = Request([folder / path for path in paths or [""]], **options)  # type: ignore[arg-type]
    found = engine.run(request, steps.append)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHLINT_CACHE_DIR", str(folder.parent / "no cache"))
        fresh = engine.run(request)
    shutil.rmtree(folder.parent / "no cache")
    assert not found.failures
    assert found.findings == fresh.findings
    assert found.unknowns == fresh.unknowns
    assert found.outcomes == fresh.outcomes
    return {step.rpartition(": ")[2] for step in steps if step.startswith("checking ")} - LAST


LAST = {"unused-suppression", "stale-baseline"}


def test_nothing_is_asked_twice(shop: Path) -> None:
    assert "blocking-call" in asked(shop)
    assert asked(shop) == set()


def test_a_comment_changes_only_where_things_are(shop: Path) -> None:
    asked(shop)
    for comments in ("# moved\n", "# and\n# again\n", ""):
        (shop / "app/main.py").write_text(f"{comments}{MAIN}")
        assert asked(shop) == set()


def test_a_body_concerns_those_who_read_it(shop: Path) -> None:
    asked(shop)
    (shop / "app/main.py").write_text(MAIN.replace("return 1", "time.sleep(1)"))
    again = asked(shop)
    assert {"blocking-call", "sync-route-handler"} <= again
    assert not again & {"downgrade-missing", "downgrade-incomplete", "single-stage", "pip-install"}


def test_a_number_that_nothing_reads_concerns_few(shop: Path) -> None:
    asked(shop)
    (shop / "app/main.py").write_text(MAIN.replace("    return 1", "    edited = 1\n    return 1"))
    assert asked(shop) == set()


@pytest.mark.parametrize("place", ["    helper()\n", "    return 1\n"])
def test_what_only_shows_values_concerns_nobody(shop: Path, place: str) -> None:
    asked(shop)
    shown = "    total = len('x')\n    if total > 2:\n        print(total, f'{total}')\n    assert total\n"
    (shop / "app/main.py").write_text(MAIN.replace(place, shown + place))
    assert asked(shop) == set()


CALLING = (
    MAIN.replace(
        "    helper()",
        """    name = find(1)
    run_later(helper)
    opens(name)
    maybe(name)
    maybe(name, flag=None)
    alike(one)
    plain()
    outer(None, 1)""",
    )
    + """
def outer(flag, other):
    maybe(1, flag)


def plain():
    name, other = find(2), find(3)
    given(name, other)
    os.path.join("a", name)


def find(number):
    return {}[number]


def given(first, second=3):
    return first.name


def run_later(what):
    what()


def maybe(value, flag=True):
    if flag:
        time.sleep(1)


def alike(what):
    return what


def one():
    time.sleep(2)


def two(x):
    run_later(x)


def opens(name):
    open("a")
"""
)


@pytest.mark.parametrize(
    ("before", "after", "concerned"),
    [
        ("given(name, other)", "given(other, name)", False),
        ("given(name, other)", "given(name, 7)", False),
        ("given(name, other)", "given(name, other, edited=1)", False),
        ("given(name, other)", "given(name.first, second=other)", False),
        ('join("a", name)', 'join("a", other)', False),
        ('join("a", name)', 'join("a", 3, edited=name)', False),
        ("given(name, other)", "given(helper, other)", True),
        ("given(name, other)", "given(find(3), other)", True),
        ("given(name, other)", "given(lambda: 1, other)", True),
        ("run_later(helper)", "run_later(one)", True),
        ("run_later(helper)", "run_later(3)", True),
        ("run_later(x)", "run_later(one)", True),
        ('open("a")', "open(name)", True),
        ("maybe(name)", "maybe(name, None)", True),
        ("maybe(name, flag=None)", "maybe(name, flag=name)", True),
        ("alike(one)", "alike(name)", True),
        ("maybe(1, flag)", "maybe(1, other)", True),
    ],
)
def test_what_a_call_is_given_counts_by_what_it_may_be(
    shop: Path, before: str, after: str, concerned: bool
) -> None:
    (shop / "app/main.py").write_text(CALLING)
    asked(shop)
    assert before in CALLING
    (shop / "app/main.py").write_text(CALLING.replace(before, after, 1))
    assert ("blocking-call" in asked(shop)) == concerned


def test_a_package_of_the_repository_hides_the_library_of_its_name(shop: Path) -> None:
    (shop / "datetime").mkdir()
    (shop / "datetime/__init__.py").write_text("")
    (shop / "datetime/datetime.py").write_text("import time\n\n\ndef now():\n    time.sleep(1)\n")
    before = MAIN.replace("import time", "from datetime import datetime")
    before += "\n\ndef other():\n    datetime.now()\n"
    (shop / "app/main.py").write_text(before)
    asked(shop)
    (shop / "app/main.py").write_text(before.replace("return 1", "datetime.now()\n    return 1"))
    assert "blocking-call" in asked(shop)


def test_what_is_logged_concerns_few_and_what_that_calls_those_who_follow_calls(shop: Path) -> None:
    logging = MAIN.replace("app = ", "log = logging.getLogger(__name__)\napp = ").replace(
        "import time", "import logging, time"
    )
    (shop / "app/main.py").write_text(logging)
    asked(shop)
    (shop / "app/main.py").write_text(logging.replace("    return 1", "    log.info('one')\n    return 1"))
    again = asked(shop)
    assert not again & {"blocking-call", "sync-route-handler", "unversioned-endpoint", "endpoint-untested"}
    (shop / "app/main.py").write_text(
        logging.replace("    return 1", "    log.info(time.sleep(1))\n    return 1")
    )
    assert "blocking-call" in asked(shop)


def test_a_comment_in_a_dockerfile_concerns_nobody(shop: Path) -> None:
    asked(shop)
    (shop / "Dockerfile").write_text(f"{SHOP['Dockerfile']}# edited\n")
    assert asked(shop) == set()


def test_a_rule_stays_with_what_it_read_when_it_was_asked(shop: Path) -> None:
    """What was asked again after one edit does not depend on what others read before."""
    asked(shop)
    main = MAIN
    for name, text in (
        ("Dockerfile", f"{SHOP['Dockerfile']}# edited\n"),
        ("app/main.py", main := main.replace("return 1", "time.sleep(1)")),
        ("Dockerfile", SHOP["Dockerfile"]),
    ):
        (shop / name).write_text(text)
        asked(shop)
    (shop / "app/main.py").write_text(main.replace("time.sleep(1)", "time.sleep(2)"))
    again = asked(shop)
    assert "blocking-call" in again
    assert not again & {"single-stage", "pip-install", "downgrade-missing", "unversioned-endpoint"}
    (shop / "Dockerfile").write_text(f"{SHOP['Dockerfile']}# edited\n")
    assert not asked(shop) & {"blocking-call", "downgrade-missing", "unversioned-endpoint"}


def test_a_document_concerns_those_who_read_it(shop: Path) -> None:
    asked(shop)
    (shop / "Dockerfile").write_text(SHOP["Dockerfile"].replace("COPY", "RUN pip install fastapi\nCOPY"))
    again = asked(shop)
    assert {"single-stage", "pip-install"} <= again
    assert not again & {"blocking-call", "downgrade-missing", "unversioned-endpoint"}


def test_how_servers_are_started_concerns_code(shop: Path) -> None:
    asked(shop)
    (shop / "Dockerfile").write_text(SHOP["Dockerfile"].replace("main:app", "main:app --root-path /api/v1"))
    assert {"unversioned-endpoint", "single-stage"} <= asked(shop)


def test_tests_concern_no_rule_on_code_alone(shop: Path) -> None:
    asked(shop)
    (shop / "tests/test_users.py").write_text("def test_users(client):\n    pass\n")
    again = asked(shop)
    assert "endpoint-untested" in again
    assert not again & {"downgrade-missing", "unversioned-endpoint", "blocking-call"}


def test_a_modules_docstring_concerns_nobody(shop: Path) -> None:
    asked(shop)
    for text in ('"""One."""\n', '"""Two.\n\nThree."""\n', ""):
        for name in ("app/main.py", "migrations/versions/two.py", "tests/test_users.py"):
            (shop / name).write_text(text + SHOP[name])
        assert asked(shop) == set()


def test_who_reads_docstrings_asks_for_them(shop: Path) -> None:
    engine = (
        "\n\nfrom sqlalchemy.ext.asyncio import create_async_engine\nfrom sqlalchemy.pool import NullPool\n\n"
        "engine = create_async_engine('postgresql+asyncpg://a/b', poolclass=NullPool)\n"
    )
    (shop / "app/main.py").write_text(f'"""Shop."""\n{MAIN}{engine}')
    asked(shop)
    (shop / "app/main.py").write_text(f'"""PgBouncer pools the connections."""\n{MAIN}{engine}')
    assert "pooling-disabled" in asked(shop)


@pytest.mark.parametrize(
    ("shown", "concerned"),
    [
        ("    print(client)\n", False),
        ("    assert client.headers\n", False),
        ("    client.get('/others')\n", True),
        ("    send = client.post\n", True),
        ("    from app.main import helper\n\n    helper()\n", True),
    ],
)
def test_of_a_test_counts_what_it_requests_and_names(shop: Path, shown: str, concerned: bool) -> None:
    head, line, rest = SHOP["tests/test_users.py"].partition("    assert")
    asked(shop)
    (shop / "tests/test_users.py").write_text(f"{head}{shown}{line}{rest}")
    again = asked(shop)
    assert bool(again & {"endpoint-untested", "service-untested", "external-call-unmocked"}) == concerned


@pytest.mark.parametrize("name", ["app/new.py", "migrations/versions/three.py", "compose.yaml", "uv.lock"])
def test_a_file_that_comes_or_goes_concerns_all(shop: Path, name: str) -> None:
    asked(shop)
    (shop / name).write_text("")
    assert "blocking-call" in asked(shop)
    (shop / name).unlink()
    assert "blocking-call" in asked(shop)


def test_what_rules_are_held_to_concerns_all(shop: Path) -> None:
    asked(shop)
    (shop / "archlint.toml").write_text("[per-file-ignores]\n'app/*' = ['BA06']\n")
    assert "blocking-call" in asked(shop)


@pytest.mark.parametrize("damage", [b"", traces._MAGIC, b"\0" * 99, None])
def test_a_damaged_memory_is_none(shop: Path, damage: bytes | None) -> None:
    asked(shop)
    memories = [*(shop.parent / "cache").glob("*.memory")]
    for memory in memories:
        data = memory.read_bytes()
        memory.write_bytes(data[:-1] + bytes([data[-1] ^ 1]) if damage is None else damage)
    assert len(memories) == 2
    assert "blocking-call" in asked(shop)
    assert asked(shop) == set()


def test_another_clone_has_a_memory_of_its_own(shop: Path) -> None:
    asked(shop)
    shutil.copytree(shop, shop.parent / "clone")
    (shop.parent / "clone/app/main.py").write_text(MAIN.replace("return 1", "time.sleep(1)"))
    assert "blocking-call" in asked(shop.parent / "clone")
    assert asked(shop) == set()


def test_a_service_of_the_same_name_has_a_memory_of_its_own(shop: Path) -> None:
    asked(shop)
    other = shop.parent / "other" / "shop"
    shutil.copytree(shop, other)
    shutil.copytree(shop.parent / "cache", other.parent / "cache")
    (other / "app/main.py").write_text(MAIN.replace("return 1", "time.sleep(1)"))
    assert "blocking-call" in asked(other)
    assert asked(shop) == set()


@pytest.mark.parametrize("other", ["sys.version", "archlint.memory.own_code"])
def test_another_python_or_archlint_remembers_nothing(
    shop: Path, monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    asked(shop)
    with monkeypatch.context() as patch:
        patch.setattr(other, "3.99" if other == "sys.version" else lambda: "another")
        assert "blocking-call" in asked(shop)
    assert "blocking-call" in asked(shop)  # there is one memory for each place


def test_a_run_that_is_killed_while_it_writes_leaves_what_was_there(
    shop: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked(shop)
    before = {path: path.read_bytes() for path in (shop.parent / "cache").glob("*")}
    (shop / "app/main.py").write_text(MAIN.replace("return 1", "time.sleep(1)"))

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            asked(shop)
    assert {path: path.read_bytes() for path in (shop.parent / "cache").glob("*")} == before
    assert "blocking-call" in asked(shop)


def test_services_that_were_asked_before_are_not_remembered(shop: Path) -> None:
    loaded = load([shop])
    assert loaded.services[0].routes.endpoints
    engine.check(loaded)
    assert len([*(shop.parent / "cache").glob("*.memory")]) == 1  # where the services lie


@pytest.fixture
def searches(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Grows whenever services are looked for."""
    found: list[object] = []

    def counted(*arguments: Any, **options: Any) -> Layout:
        found.append(arguments)
        return find_services(*arguments, **options)

    monkeypatch.setattr(services, "find_services", counted)
    return found


BESIDE_SHOP = {"inner/pyproject.toml": "[project]\nname = 'inner'\ndependencies = ['fastapi']\n"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/main.py", MAIN.replace("return 1", "return time.sleep(1)")),
        ("app/main.py", f"# moved\n{MAIN}"),
        ("Dockerfile", SHOP["Dockerfile"] + "# a comment\n"),
        ("README.md", "# Shop\n\nOne sentence more.\n"),
        ("pyproject.toml", SHOP["pyproject.toml"] + "[mypy]\nstrict = true\n"),
    ],
)
def test_services_are_not_looked_for_again(shop: Path, searches: list[object], name: str, text: str) -> None:
    (shop / "README.md").write_text("# Shop\n")
    load([shop])
    (shop / name).write_text(text)
    searches.clear()
    found = laid_out(shop)
    assert len(searches) == 1  # by the run that remembers nothing
    (shop / "app/main.py").write_text(MAIN.replace("return 1", "return 2"))
    assert laid_out(shop) == found
    assert len(searches) == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("app/main.py", MAIN.replace("import time", "import json")),  # what is imported
        ("app/main.py", MAIN.replace("FastAPI", "Flask")),  # whether there is an application
        ("app/main.py", f"{MAIN}\nif __name__ == '__main__':\n    helper()\n"),
        ("inner/app.py", "import fastapi\n\napp = fastapi.FastAPI()\n"),  # another service
        ("inner/app.py", None),
        ("inner/pyproject.toml", None),
        ("inner/lib.py", "a = 1\n"),  # a file that was not there
        (".gitignore", "inner/\n"),
        ("archlint.toml", "exclude = ['inner']\n"),
        ("pyproject.toml", SHOP["pyproject.toml"] + "[tool.setuptools.package-dir]\n'' = 'app'\n"),
        ("pyproject.toml", SHOP["pyproject.toml"].replace("'fastapi'", "'flask'")),
        ("Dockerfile", SHOP["Dockerfile"] + "CMD python -m app.left\n"),  # what starts a file
        ("tests/test_users.py", "def test_users(client\n"),
    ],
)
def test_services_are_looked_for_where_that_may_tell(
    shop: Path, searches: list[object], name: str, text: str | None
) -> None:
    (shop / ".git").mkdir()
    for path, content in (BESIDE_SHOP | LEFT | {"inner/app.py": "import flask\n"}).items():
        (shop / path).parent.mkdir(parents=True, exist_ok=True)
        (shop / path).write_text(content)
    load([shop])
    searches.clear()
    (shop / name).unlink() if text is None else (shop / name).write_text(text)
    laid_out(shop)
    assert len(searches) == 2
    laid_out(shop)
    assert len(searches) == 3


def test_where_services_are_found_to_lie_as_before_no_rule_is_asked(
    shop: Path, searches: list[object]
) -> None:
    for path, content in (LEFT | {"README.md": "# Shop\n"}).items():
        (shop / path).write_text(content)
    asked(shop)
    (shop / "README.md").write_text("# Shop\n\nRead docs/start.md first.\n")
    searches.clear()
    assert asked(shop) == set()
    assert len(searches) == 2


@pytest.fixture
def around(shop: Path) -> Path:
    """The shop in a folder of a repository that has other files as well."""
    folder = shop.parent / "around"
    (folder / "scripts").mkdir(parents=True)
    shop.rename(folder / "shop")
    (folder / "scripts/tool.py").write_text("import time\n\n\ndef helper():\n    time.sleep(1)\n")
    (folder / "compose.yaml").write_text("services:\n  shop:\n    build: shop\n")
    (folder / "shop/app/generated.py").write_text("")
    (folder / "shop/archlint.toml").write_text("exclude = ['app/generated.py']\n")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    return folder


@pytest.mark.parametrize(
    ("name", "text", "concerned"),
    [
        ("scripts/tool.py", "import json\n\n\ndef helper():\n    json.loads('1')\n", "none"),
        ("scripts/tool.py", "def helper(\n", "some"),
        ("scripts/tool.py", None, "all"),
        ("scripts/more.py", "a = 1\n", "all"),
        ("shop/app/main.py", f"# moved\n{MAIN}", "none"),
        ("shop/app/main.py", MAIN.replace("return 1", "return time.sleep(1)"), "some"),
        ("shop/app/generated.py", "import time\n", "none"),
        ("shop/app/more.py", "import time\n", "all"),
        ("shop/app/__init__.py", None, "all"),
        ("shop/archlint.toml", "", "all"),
        ("compose.yaml", "services:\n  shop:\n    build: shop\n    privileged: true\n", "some"),
    ],
)
@pytest.mark.parametrize(
    "paths", [("scripts/tool.py",), ("shop/app/main.py", "scripts/tool.py"), ("compose.yaml",)]
)
def test_a_path_outside_of_all_services_asks_no_more_rules(
    around: Path, paths: tuple[str, ...], name: str, text: str | None, concerned: str
) -> None:
    every = asked(around, *paths)
    assert asked(around, *paths) == set()
    (around / name).unlink() if text is None else (around / name).write_text(text)
    if all((around / path).exists() for path in paths):
        again = asked(around, *paths)
        assert concerned == ("none" if not again else "all" if again == every else "some")
        assert asked(around) == set()


LEFT = {f"app/left{number or ''}.py": "import app.main\n" for number in range(2)}
LEFT |= {f"app/used{number}.py": "" for number in range(9)}
LEFT |= {"app/taking.py": "".join(f"import app.used{number}\n" for number in range(9))}


def laid_out(folder: Path) -> list[tuple[object, ...]]:
    """Where a run finds services, and what their files are: as one that remembers nothing finds them."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ARCHLINT_CACHE_DIR", str(folder.parent / "no cache"))
        fresh = load([folder])
    shutil.rmtree(folder.parent / "no cache")
    found = load([folder])
    for one in (found, fresh):
        assert readings.so_far() == readings.Readings()
        assert [service.root for service in one.services] == [service.root for service in fresh.services]
    assert found.layout == fresh.layout
    return [(m.path, m.name, m.role) for service in found.services for m in service.modules]


def test_an_answer_depends_on_what_remembered_rules_read(
    shop: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(shop)
    _command(monkeypatch, capsys)
    (shop / "app/main.py").write_text(MAIN.replace("return 1", "return 2"))
    _command(monkeypatch, capsys)
    (shop / "Dockerfile").write_text(SHOP["Dockerfile"].replace("COPY", "RUN pip install fastapi\nCOPY"))
    assert "BA0407" in _command(monkeypatch, capsys)


def _command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> set[str]:
    monkeypatch.setattr(sys, "argv", ["archlint", "check", "--output-format", "json"])
    with pytest.raises(SystemExit):
        __main__.main()
    return {finding["code"] for finding in json.loads(capsys.readouterr().out)["findings"]}


EDITS = st.tuples(
    st.sampled_from(sorted(SHOP)),
    st.sampled_from(["drop", "double", "comment", "sleep", "delete", "rename", "restore"]),
    st.integers(0, 40),
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(EDITS, min_size=3, max_size=8))
@example([("app/main.py", "sleep", 17), ("app/main.py", "drop", 18), ("app/main.py", "restore", 0)])
@example([("Dockerfile", "drop", 2), ("migrations/versions/one.py", "double", 9)])
@example([("Dockerfile", "drop", 0), ("Dockerfile", "drop", 0), ("tests/test_users.py", "drop", 30)])
def test_random_edits(shop: Path, edits: list[tuple[str, str, int]]) -> None:
    for name, kind, number in edits:
        _edit(shop, shop / name, kind, number)
        asked(shop)


def _edit(shop: Path, path: Path, kind: str, number: int) -> None:
    lines = path.read_text().splitlines(keepends=True) if path.exists() else []
    at = min(number, max(len(lines) - 1, 0))
    match kind:
        case "delete":
            path.unlink(missing_ok=True)
            return
        case "rename" if path.exists():
            path.replace(path.with_name(f"other_{path.name}"))
            return
        case "restore":
            lines = SHOP[path.relative_to(shop).as_posix()].splitlines(keepends=True)
        case "drop":
            lines = lines[:at] + lines[at + 1 :]
        case "double":
            lines = lines[: at + 1] + lines[at:]
        case "comment":
            lines.insert(at, "# comment\n")
        case "sleep":
            lines.insert(at, "    time.sleep(1)\n")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(lines))


def _source(text: str) -> PythonSource:
    return read_python(text.encode())


CODE = """
import os

def first(a, b=1):
    def inner():
        return os.environ
    return inner

class Shop:
    limit: int = 3

    def second(self):
        return first(self)
"""


@pytest.mark.parametrize(
    ("before", "after", "parts"),
    [
        ("import os\n", "# comment\n\nimport os\n", set()),
        ("b=1", "b = 1", set()),
        ("return inner", "return 1", {0, "Name", "Constant", "Return"}),
        ("return os.environ", "return os", {0, "Attribute", "Return"}),
        ("return first(self)", "return first(os)", {1, "Name", "Call", "Return"}),
        ("b=1", "b=2", {"", "Constant", "FunctionDef", "Parameter"}),
        ("limit: int = 3", "limit: int = 4", {"", "Constant", "Assign", "ClassDef"}),
        ("second", "third", {"", 1, "ClassDef", "FunctionDef", "Parameter", "Return", "Name", "Call"}),
    ],
)
def test_a_difference_is_in_the_parts_that_say_something_else(
    before: str, after: str, parts: set[int | str]
) -> None:
    difference = FileDifference(_source(CODE), _source(CODE.replace(before, after)))
    kinds = (
        "Name",
        "Constant",
        "Call",
        "Attribute",
        "Return",
        "Assign",
        "ClassDef",
        "FunctionDef",
        "Parameter",
    )
    assert {part for part in ("", 0, 1, *kinds) if difference.is_in(part)} == parts


def test_what_cannot_be_parsed_differs_in_everything() -> None:
    difference = FileDifference(_source(CODE), _source(CODE.replace("class Shop:", "class :")))
    assert all(difference.is_in(part) for part in ("", 0, 1, "Call"))


def test_whoever_reads_is_noticed() -> None:
    source = _source(CODE)
    first = source.raw_body[1]
    assert isinstance(first, FunctionDef)
    readings.begin()
    assert not readings.so_far().code
    assert first.body
    assert source.nodes.of(FunctionDef)
    assert source.body
    assert readings.so_far().code == (first, (source, "FunctionDef"), source)
    with readings.unnoticed():
        assert source.definitions
    assert len(readings.code) == 3


def _texts() -> Iterator[tuple[str, str]]:
    for path in sorted(SOURCE.rglob("*.py")):
        yield path.relative_to(SOURCE).as_posix(), path.read_text()


BESIDE = re.compile(r"\.raw_(body|outline)\b|\bsource\._(nodes|definitions)\b")
REMEMBERING = re.compile(
    r"@(?:lru_)?cache\b.*\n(?:async )?def (\w+)\([^)]*\b(?:PythonSource|FunctionDef|Module)\b"
)


def test_nobody_reads_beside_the_doors() -> None:
    doors = {"facts/differences.py", "facts/outline.py", "facts/source.py", "facts/syntax.py"}
    beside = {name for name, text in _texts() if BESIDE.search(text)}
    assert beside <= doors


def test_what_outlives_a_service_notices_its_readers() -> None:
    """A function's memory is of one run of one group; `summary` is for what is asked before that."""
    found = {name for _, text in _texts() for name in REMEMBERING.findall(text)}
    assert found <= {"early_returns", "is_generator"}


def test_every_part_of_a_service_has_its_turn() -> None:
    parts = {
        name
        for kind in Service.__mro__
        for name, part in vars(kind).items()
        if isinstance(part, cached_property)
    }
    assert parts - {"aside", "_runtime"} | {"modules"} == asking.PARTS.keys() - set(asking.WALKS)


def test_a_summary_is_of_one_source_and_its_words() -> None:
    before, after = _source("a(1)\nb(2)\n"), _source("a(1)\nb(3)\n")
    assert _firsts(before, "a") == _firsts(after, "a") == ("1",)
    readings.begin()
    assert _firsts(before, "b") == ("2",)
    (read,) = readings.so_far().code
    assert isinstance(read, tuple)
    part = read[1]
    assert FileDifference(before, after).is_in(part)
    assert not FileDifference(before, after).is_in(part.replace(":b", ":a"))


@readings.summary
def _firsts(source: PythonSource, name: str) -> tuple[str, ...]:
    calls = (call for call in source.nodes.of(Call) if isinstance(call.func, Name) and call.func.id == name)
    return tuple(str(one.value) for call in calls for one in call.args if isinstance(one, Constant))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("def a():\n    x\n    f(1)\n\ndef b():\n    y\n", "def a():\n    x\n\ndef b():\n    f(1)\n    y\n"),
        ("class A:\n    x\n    f(1)\nclass B:\n    y\n", "class A:\n    x\nclass B:\n    f(1)\n    y\n"),
        ("def _():\n    x\n    f(1)\ndef _():\n    y\n", "def _():\n    x\ndef _():\n    f(1)\n    y\n"),
        ("def a():\n    x\n    f(1)\ny\n", "def a():\n    x\nf(1)\ny\n"),
    ],
)
def test_a_node_that_goes_to_another_function_differs(before: str, after: str) -> None:
    """All nodes are the same, in the same order; who asks what is around a call is told something else."""
    assert FileDifference(_source(before), _source(after)).is_in("Call")
    assert FileDifference(_source(after), _source(before)).is_in("Call")
    longer = before.replace("y\n", "y\n\ndef c():\n    pass\n")
    assert not FileDifference(_source(before), _source(longer)).is_in("Call")
    assert not FileDifference(_source(before), _source(f"def c():\n    pass\n{before}")).is_in("Call")


TWO = "class A:\n    def a(self):\n        return 1\n\ndef b():\n    return 2\n"


@pytest.mark.parametrize(
    ("after", "changed"),
    [
        (f"def new():\n    return 3\n\n{TWO}", set()),
        (f"{TWO}\ndef new():\n    return 3\n", set()),
        (TWO.replace("2", "4"), {"b"}),
        (f"def new():\n    return 3\n\n{TWO.replace('2', '4')}", {"b"}),
        (f"def b():\n    return 3\n\n{TWO}", {"b"}),
        (TWO.replace("def b", "def c"), {"b"}),
        (TWO.replace("class A:", "class B:"), {"a"}),
        (TWO.replace("def b", "@c\ndef b"), set()),
    ],
)
def test_a_function_is_the_same_whatever_stands_around_it(after: str, changed: set[str]) -> None:
    before, now = _source(TWO), _source(after)
    readings.begin()
    names = {_returned(before, one) and one.name: number for one, number in numbered(before)}
    parts = [read[1] for read in readings.so_far().code if isinstance(read, tuple) and ":" in read[1]]
    difference = FileDifference(before, now)
    assert {name for name, part in zip(names, parts, strict=True) if difference.is_in(part)} == changed
    assert {name for name, part in names.items() if difference.is_in(part)} == changed


@pytest.mark.parametrize(
    ("earlier", "now", "changed"),
    [({"b"}, {"b", "c"}, False), ({"b"}, {"a", "b"}, True), ({"a", "b"}, {"b"}, True), ({"b"}, {"b"}, False)],
)
def test_another_name_counts_where_it_stands(earlier: set[str], now: set[str], changed: bool) -> None:
    source = _source("def f():\n    return a + b\n")
    readings.begin()
    _said(source, source.nodes.of(FunctionDef)[0], frozenset(now))
    (part,) = [read[1] for read in readings.so_far().code if isinstance(read, tuple) and ":" in read[1]]
    names = ({readings.DEFINED: frozenset(found)} for found in (now, earlier))
    assert FileDifference(source, source, *names).is_in(part) is changed
    assert not FileDifference(source, source, {}, {}).is_in("Name")


ADDED = "\n\ndef added(value):\n    return value + 1\n"


def test_a_function_that_is_added_concerns_nobody_who_only_follows_calls_elsewhere(shop: Path) -> None:
    asked(shop)
    (shop / "tests/test_users.py").write_text(SHOP["tests/test_users.py"] + ADDED)
    again = asked(shop)
    assert not again & {"blocking-call", "sync-route-handler", "unversioned-endpoint", "model-drift"}


def test_a_function_that_others_speak_of_concerns_them(shop: Path) -> None:
    """`later` is a name of nothing until another file defines it."""
    speaking = MAIN.replace("    return 1", "    return app.later")
    (shop / "app/main.py").write_text(speaking)
    asked(shop)
    (shop / "tests/test_users.py").write_text(SHOP["tests/test_users.py"] + ADDED.replace("added", "later"))
    assert "blocking-call" in asked(shop)


def test_what_is_kept_knows_functions_by_the_numbers_that_they_have_now(shop: Path) -> None:
    """Rules that a new function leaves alone are kept with traces of the functions that stand behind it."""
    tests = "def helper_of_tests():\n    return 1\n\n\n" + SHOP["tests/test_users.py"]
    (shop / "tests/test_users.py").write_text(tests)
    asked(shop)
    (shop / "tests/test_users.py").write_text(f"def one_more():\n    return 3\n\n\n{tests}")
    asked(shop)
    (shop / "app/main.py").write_text(MAIN.replace("\n@app.get", f"{ADDED}\n\n@app.get"))
    asked(shop)
    (shop / "app/main.py").write_text(
        MAIN.replace("\n@app.get", f"{ADDED}\n\n@app.get").replace("return 1", "time.sleep(1)")
    )
    assert "blocking-call" in asked(shop)
    assert asked(shop) == set()


@function_summary
def _returned(source: PythonSource, function: FunctionDef) -> tuple[object, ...]:
    return tuple(one.value for one in all_nodes(function) if isinstance(one, Constant))


@function_naming
def _said(source: PythonSource, function: FunctionDef, defined: frozenset[str]) -> tuple[str, ...]:
    return tuple(one.id for one in all_nodes(function) if isinstance(one, Name) and one.id in defined)
