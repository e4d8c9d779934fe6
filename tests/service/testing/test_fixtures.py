from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.small import service_of

FIXTURE = "import pytest\n@pytest.fixture\ndef shelf(): ...\n"


def found(folder: Path, files: dict[str, str]) -> list[str]:
    """The files that the fixtures of the one test come from."""
    (test,) = service_of(folder, files).suite.tests
    return [fixture.module.path for fixture in test.fixtures]


@pytest.mark.parametrize(
    "files",
    [
        {"tests/other/conftest.py": FIXTURE},
        {"tests/test_b.py": FIXTURE},
        {"tests/conftest.py": "def shelf(): ...\n"},
        {"tests/conftest.py": "from fixtures import fixture\n@fixture\ndef shelf(): ...\n"},
    ],
)
def test_what_is_no_fixture_of_the_test(tmp_path: Path, files: dict[str, str]) -> None:
    assert found(tmp_path, {**files, "tests/a/test_a.py": "def test_a(shelf): ...\n"}) == []


@pytest.mark.parametrize(
    ("files", "home"),
    [
        ({"tests/conftest.py": FIXTURE}, "tests/conftest.py"),
        ({"conftest.py": FIXTURE}, "conftest.py"),
        ({"tests/conftest.py": FIXTURE, "tests/a/conftest.py": FIXTURE}, "tests/a/conftest.py"),
        (
            {"tests/conftest.py": "from tests.shelves import *\n", "tests/shelves.py": FIXTURE},
            "tests/shelves.py",
        ),
        (
            {"tests/conftest.py": "from tests.shelves import shelf\n", "tests/shelves.py": FIXTURE},
            "tests/shelves.py",
        ),
        (
            {"tests/conftest.py": 'pytest_plugins = ["tests.shelves"]\n', "tests/shelves.py": FIXTURE},
            "tests/shelves.py",
        ),
        (
            {"pytest.ini": "[pytest]\naddopts = -p tests.shelves\n", "tests/shelves.py": FIXTURE},
            "tests/shelves.py",
        ),
        (
            {"tests/conftest.py": "import pytest_asyncio as p\n@p.fixture(name='shelf')\ndef s(): 1\n"},
            "tests/conftest.py",
        ),
    ],
)
def test_where_a_fixture_comes_from(tmp_path: Path, files: dict[str, str], home: str) -> None:
    assert found(tmp_path, {**files, "tests/a/test_a.py": "def test_a(shelf): ...\n"}) == [home]


def test_star_imports_in_a_circle(tmp_path: Path) -> None:
    files = {
        "tests/one.py": "from tests.two import *\n",
        "tests/two.py": "from tests.one import *\n" + FIXTURE,
        "tests/test_a.py": "from tests.one import *\ndef test_a(shelf): ...\n",
    }
    assert found(tmp_path, files) == ["tests/two.py"]


def test_a_plugin_from_elsewhere_is_named(tmp_path: Path) -> None:
    files = {"tests/conftest.py": 'pytest_plugins = ("acme.plugin", "tests.own")\n', "tests/own.py": FIXTURE}
    assert service_of(tmp_path, files).suite.fixtures.unknown_plugins == ("acme.plugin",)
