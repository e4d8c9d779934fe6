"""One more requirement: lists keep their form, and the lock says what pyproject.toml says."""

from __future__ import annotations

import tomllib
from pathlib import Path
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.facts.toml import read_toml
from archlint.fixes.text_edits import rewritten
from archlint.fixes.texts import TextFile
from archlint.fixes.toml_lists import with_item
from archlint.fixes.worker import Job
from tests.fixes.settling import settled

NAME = st.sampled_from(["alpha", "Beta", "gamma", "delta", "omega"])
LAYOUT = st.sampled_from(["[{}]", "[ {} ]", "[\n    {},\n]", "[\n    {}\n]", "[\n\t{},  # last\n]", "[{}, ]"])


@settings(deadline=None)
@given(
    st.lists(NAME, max_size=4),
    LAYOUT,
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["", "\n[tool]\na = 1\n"]),
)
def test_a_list_gets_the_item_and_keeps_its_form(names: list[str], layout: str, end: str, rest: str) -> None:
    gap = ",\n    " if "\n" in layout else ", "
    items = gap.join(f'"{name}>=1"' for name in names)
    layout = layout if names else layout.replace("{},", "{}")
    text = f"# é\n[project]\ndependencies = {layout.replace('{}', items)}\n{rest}".replace("\n", end)
    before = read_toml("pyproject.toml", text.encode())
    keys = ("project", "dependencies")
    file = TextFile("pyproject.toml", tuple(text.splitlines(keepends=True)))
    edit = with_item(file, before, keys, '"epsilon>=2"', "epsilon", names)
    if edit is None:
        assert not names
        return
    after = rewritten(Job("pyproject.toml", text.encode(), (edit,))).data.decode()
    expected = [f"{name}>=1" for name in names]
    found = tomllib.loads(after)
    assert sorted(found["project"]["dependencies"]) == sorted([*expected, "epsilon>=2"])
    if sorted(names, key=str.casefold) == names:
        kept = [one for one in found["project"]["dependencies"] if one != "epsilon>=2"]
        assert kept == expected
        assert sorted(found["project"]["dependencies"], key=str.casefold) == found["project"]["dependencies"]
    assert after.replace(edit.after, "", 1) == text
    assert found.get("tool") == before.values.get("tool")


MAIN = "import anyio\nfrom fastapi import FastAPI\n\napp = FastAPI()\n"
PYPROJECT = """\
    [project]
    name = "desk"
    version = "0.1.0"
    requires-python = ">=3.12"
    dependencies = ["fastapi>=0.115"]  # few
    """
LOCK = """\
    version = 1
    revision = 3
    requires-python = ">=3.12"

    [[package]]
    name = "anyio"
    version = "4.9.0"
    source = { registry = "https://pypi.org/simple" }

    [[package]]
    name = "desk"
    version = "0.1.0"
    source = { virtual = "." }
    dependencies = [
        { name = "fastapi" },
    ]

    [package.metadata]
    requires-dist = [{ name = "fastapi", specifier = ">=0.115" }]

    [[package]]
    name = "fastapi"
    version = "0.115.6"
    source = { registry = "https://pypi.org/simple" }
    dependencies = [
        { name = "anyio" },
    ]
    """


def test_what_is_locked_is_declared_and_the_lock_agrees(tmp_path: Path) -> None:
    outcome = settled(tmp_path, {"main.py": MAIN, "pyproject.toml": PYPROJECT, "uv.lock": LOCK}, "BA0405")
    assert len(outcome.done) == 1
    wanted = dedent(PYPROJECT).replace('["fastapi', '["anyio>=4.9.0", "fastapi')
    assert (tmp_path / "pyproject.toml").read_text() == wanted
    lock = dedent(LOCK).replace(
        '    { name = "fastapi" },\n', '    { name = "anyio" },\n    { name = "fastapi" },\n'
    )
    lock = lock.replace(
        '[{ name = "fastapi"', '[{ name = "anyio", specifier = ">=4.9.0" }, { name = "fastapi"'
    )
    assert (tmp_path / "uv.lock").read_text() == lock


@pytest.mark.parametrize(
    ("before", "instead"),
    [
        ("", '[[package]]\nname = "anyio"\nversion = "3.7.1"\nsource = { registry = "https://a.example" }\n'),
        ("requires-dist", "requires-other"),
    ],
    ids=["two versions are locked", "the lock records no requirements"],
)  # fmt: skip
def test_what_needs_a_resolver_stays(tmp_path: Path, before: str, instead: str) -> None:
    lock = dedent(LOCK).replace(before, instead) if before else f"{dedent(LOCK)}\n{instead}"
    files = {"main.py": MAIN, "pyproject.toml": PYPROJECT, "uv.lock": lock}
    assert settled(tmp_path, files, "BA0405", unsafe=True).done == []


TEST = "import pytest\n\n\n@pytest.mark.anyio\nasync def test_a() -> None:\n    assert 1\n"
PROJECT = '[project]\nname = "desk"\ndependencies = ["fastapi"]\n'
TABLES = {
    "a dependency group": (
        PROJECT + '\n[dependency-groups]\ndev = [\n    "pytest>=8",  # é\n]\n',
        '    "pytest>=8",  # é\n',
        '    "pytest>=8",  # é\n    "pytest-asyncio",\n',
    ),
    "a group that another one includes": (
        PROJECT + '\n[dependency-groups]\ndev = [{include-group = "test"}]\ntest = ["pytest"]\n',
        'test = ["pytest"]',
        'test = ["pytest", "pytest-asyncio"]',
    ),
    "uv's own list": (
        PROJECT + '\n[tool.uv]\ndev-dependencies = ["pytest", "ruff"]\n',
        '["pytest", ',
        '["pytest", "pytest-asyncio", ',
    ),
    "an extra": (
        PROJECT + 'optional-dependencies.test = ["pytest"]\n',
        '["pytest"]',
        '["pytest", "pytest-asyncio"]',
    ),
    "Poetry's group": (
        '[tool.poetry]\nname = "desk"\n\n[tool.poetry.dependencies]\npython = "^3.12"\nfastapi = "*"\n\n'
        '[tool.poetry.group.dev.dependencies]\npytest = {version = "*", extras = [\n  "a",\n]}\nruff = "*"\n',
        "ruff =",
        'pytest-asyncio = "*"\nruff =',
    ),
    "Poetry's table, whose lines have no order": (
        "[tool.poetry.dev-dependencies]\r\n"
        'ruff = "*"\r\npytest = "*"\r\n\r\n[build-system]\r\nrequires = []\r\n',
        'pytest = "*"\r\n',
        'pytest = "*"\r\npytest-asyncio = "*"\r\n',
    ),
}


@pytest.mark.parametrize(("text", "before", "instead"), TABLES.values(), ids=TABLES)
def test_a_plugin_is_declared_beside_pytest(tmp_path: Path, text: str, before: str, instead: str) -> None:
    files = {"main.py": MAIN, "tests/test_a.py": TEST, "poetry.lock": ""}
    assert text.count(before) == 1
    outcome = settled(tmp_path, {**files, "pyproject.toml": text.encode()}, "BA0902", unsafe=True)
    assert [one.plan.why for one in outcome.done] == ["the lock of Poetry has to be made again"]
    assert (tmp_path / "pyproject.toml").read_bytes() == text.replace(before, instead).encode()


@pytest.mark.parametrize(
    "text",
    [
        '[tool.poetry.group.dev]\ndependencies = {pytest = "*"}\n',
        '[tool.poetry.group.dev.dependencies.pytest]\nversion = "*"\n',
        '[tool.poetry.group.dev.dependencies]\npytest = {version = "*", extras = [\n  "a",\n]}\n',
        PROJECT + "",
    ],
    ids=["an inline table", "a table of its own", "a value of several lines at the end", "no pytest"],
)
def test_tables_of_another_form_stay(tmp_path: Path, text: str) -> None:
    files = {"main.py": MAIN, "tests/test_a.py": TEST, "pyproject.toml": text}
    assert settled(tmp_path, files, "BA0902", unsafe=True).done == []


def test_asyncpg_gets_into_poetrys_table(tmp_path: Path) -> None:
    text = '[tool.poetry.dependencies]\npython = "^3.12"\nfastapi = "*"\nsqlalchemy = "*"\n'
    model = "from sqlalchemy.ext.asyncio import AsyncSession\n\n\ndef f(session: AsyncSession) -> None: ...\n"
    outcome = settled(
        tmp_path, {"main.py": MAIN, "rows.py": model, "pyproject.toml": text}, "BA0201", unsafe=True
    )
    assert len(outcome.done) == 1
    wanted = text.replace("fastapi", 'asyncpg = "*"\nfastapi')
    assert (tmp_path / "pyproject.toml").read_text() == wanted


def test_beside_uv_lock_a_plugin_is_left_to_uv(tmp_path: Path) -> None:
    text = dedent(PYPROJECT) + '[dependency-groups]\ndev = ["pytest"]\n'
    files = {"main.py": MAIN, "tests/test_a.py": TEST, "pyproject.toml": text, "uv.lock": LOCK}
    assert settled(tmp_path, files, "BA0902", unsafe=True).done == []


PLAIN = "def test_a() -> None:\n    assert 1\n"
NOT_FOR_TESTS = {
    "uv.lock is there, and has no version": (PROJECT, {"uv.lock": LOCK}),
    "no project is there": ("[tool.ruff]\n", {}),
    "all tests are methods": (
        PROJECT + '\n[dependency-groups]\ndev = ["pytest"]\n',
        {"tests/test_a.py": "import unittest\n\n\nclass A(unittest.TestCase):\n    def test_a(self): ...\n"},
    ),
    "there are none": (PROJECT, {"tests/test_a.py": ""}),
}


@pytest.mark.parametrize(("text", "more"), NOT_FOR_TESTS.values(), ids=NOT_FOR_TESTS)
def test_what_pytest_alone_does_not_mend_stays(tmp_path: Path, text: str, more: dict[str, str]) -> None:
    files = {"main.py": MAIN, "tests/test_a.py": PLAIN, "pyproject.toml": text, **more}
    assert settled(tmp_path, files, "BA0901", unsafe=True).done == []


GROUPS = {
    "a dependency group": (
        PROJECT + '\n[dependency-groups]\ndocs = ["mkdocs"]\ntest = ["httpx"]\n',
        'test = ["httpx"]',
        'test = ["httpx", "pytest"]',
    ),
    "an empty group": (
        PROJECT + "\n[dependency-groups]\ndev = []\n",
        "dev = []",
        'dev = ["pytest"]',
    ),
    "uv's own list": (
        PROJECT + '\n[tool.uv]\ndev-dependencies = ["ruff"]\n',
        '["ruff"]',
        '["pytest", "ruff"]',
    ),
    "an extra": (PROJECT + 'optional-dependencies.tests = ["httpx"]\n', '["httpx"]', '["httpx", "pytest"]'),
    "Poetry's group": (
        '[tool.poetry.dependencies]\nfastapi = "*"\n\n[tool.poetry.group.dev.dependencies]\nruff = "*"\n',
        "ruff =",
        'pytest = "*"\nruff =',
    ),
    "a group that comes to be": (
        PROJECT,
        'dependencies = ["fastapi"]\n',
        'dependencies = ["fastapi"]\n\n[dependency-groups]\ndev = ["pytest"]\n',
    ),
    "a group of Poetry's that comes to be": (
        '[tool.poetry.dependencies]\nfastapi = "*"\n',
        'fastapi = "*"\n',
        'fastapi = "*"\n\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n',
    ),
    "Poetry beside a project": (
        PROJECT + "\n[tool.poetry]\npackage-mode = false\n",
        "package-mode = false\n",
        'package-mode = false\n\n[tool.poetry.group.dev.dependencies]\npytest = "*"\n',
    ),
    "a table that has other groups": (
        PROJECT + '\n[dependency-groups]\ndocs = ["mkdocs"]\n',
        "[dependency-groups]\n",
        '[dependency-groups]\ndev = ["pytest"]\n',
    ),
}


@pytest.mark.parametrize(("text", "before", "instead"), GROUPS.values(), ids=GROUPS)
def test_pytest_is_declared_for_development(tmp_path: Path, text: str, before: str, instead: str) -> None:
    files = {"main.py": MAIN, "tests/test_a.py": PLAIN, "pyproject.toml": text}
    assert text.count(before) == 1
    (one,) = settled(tmp_path, files, "BA0901", unsafe=True).done
    assert one.plan.why
    assert (tmp_path / "pyproject.toml").read_text() == text.replace(before, instead)


WITH_PYTEST = PROJECT + '\n[dependency-groups]\ndev = ["pytest"]\n'
MEASURED = {
    "pytest has options": (WITH_PYTEST + '\n[tool.pytest.ini_options]\naddopts = "-q"\n', {}),
    "another file has pytest's options": (WITH_PYTEST, {"pytest.ini": "[pytest]\n"}),
    "uv locks": (WITH_PYTEST, {"uv.lock": LOCK}),
    "pytest is declared elsewhere": (PROJECT, {"requirements-dev.txt": "pytest\n"}),
    "coverage is there, and not the plugin": (WITH_PYTEST.replace('"]\n\n', '", "coverage"]\n\n'), {}),
}


@pytest.mark.parametrize(("text", "more"), MEASURED.values(), ids=MEASURED)
def test_where_more_than_an_option_is_needed_nothing_is_measured(
    tmp_path: Path, text: str, more: dict[str, str]
) -> None:
    files = {"main.py": MAIN, "tests/test_a.py": PLAIN, "pyproject.toml": text, **more}
    assert settled(tmp_path, files, "BA0906", unsafe=True).done == []


OPTIONS = '\n[tool.pytest.ini_options]\naddopts = "--cov"\n'
SOURCE = '\n[tool.coverage.run]\nsource = ["desk"]\n'
PLUGIN = WITH_PYTEST.replace('["pytest"]', '["pytest", "pytest-cov"]')
TESTS_PATH = '\n[tool.pytest.ini_options]\ntestpaths = ["tests"]\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (WITH_PYTEST, PLUGIN + OPTIONS + SOURCE),
        (PLUGIN, PLUGIN + OPTIONS + SOURCE),
        (WITH_PYTEST + SOURCE, PLUGIN + SOURCE + OPTIONS),
        (
            WITH_PYTEST + TESTS_PATH,
            PLUGIN + TESTS_PATH.replace("testpaths", 'addopts = "--cov"\ntestpaths') + SOURCE,
        ),
    ],
)
def test_the_tests_measure_the_service(tmp_path: Path, before: str, after: str) -> None:
    files = {"desk/__init__.py": "", "desk/main.py": MAIN, "tests/test_a.py": PLAIN}
    (one,) = settled(tmp_path, {**files, "pyproject.toml": before}, "BA0906", unsafe=True).done
    assert "measures" in one.plan.why
    assert (tmp_path / "pyproject.toml").read_text() == after
