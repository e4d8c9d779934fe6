from __future__ import annotations

from pathlib import Path

import pytest

from tests.service.small import service_of

MODULE = """
import unittest
import pytest

def test_plain(): ...
def helper(): ...
class TestA:
    def test_a(self): ...
    def helper(self): ...
class Other:
    def test_not(self): ...
class CaseB(unittest.TestCase):
    def test_b(self): ...
if True:
    def test_under_if(): ...
"""


def names(folder: Path, files: dict[str, str], root: str = ".") -> list[str]:
    return [test.name for test in service_of(folder, files, root).suite.tests]


@pytest.mark.parametrize(
    "path", ["tests/helpers.py", "tests/conftest.py", "app/testing.py", "tests/labels.py"]
)
def test_files_without_tests(tmp_path: Path, path: str) -> None:
    assert names(tmp_path, {path: MODULE, "tests/test_other.py": ""}) == []


def test_what_a_module_collects(tmp_path: Path) -> None:
    found = names(tmp_path, {"tests/test_a.py": MODULE})
    assert found == ["test_plain", "TestA.test_a", "CaseB.test_b", "test_under_if"]


@pytest.mark.parametrize(
    ("file", "text"),
    [
        (
            "pytest.ini",
            "[pytest]\npython_files = check_*.py\npython_functions = check\npython_classes = *Checks\n",
        ),
        (
            "setup.cfg",
            "[tool:pytest]\npython_files = check_*.py\npython_functions = check\npython_classes = *Checks\n",
        ),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\npython_files = "check_*.py"\npython_functions = "check"\n'
            'python_classes = "*Checks"\n',
        ),
        (
            "pytest.toml",
            '[pytest]\npython_files = "check_*.py"\npython_functions = "check"\npython_classes = "*Checks"\n',
        ),
    ],
)
def test_names_by_configuration(tmp_path: Path, file: str, text: str) -> None:
    module = "def check_a(): ...\ndef test_b(): ...\nclass LabelChecks:\n    def check_c(self): ...\n"
    assert names(tmp_path, {file: text, "tests/check_a.py": module}) == ["check_a", "LabelChecks.check_c"]


def test_folders_that_pytest_does_not_enter(tmp_path: Path) -> None:
    files = {
        "pytest.ini": "[pytest]\nnorecursedirs = old .*\n",
        "tests/old/test_a.py": MODULE,
        "tests/test_b.py": "def test_b(): ...",
    }
    assert names(tmp_path, files) == ["test_b"]


def test_methods_that_a_class_inherits(tmp_path: Path) -> None:
    files = {
        "tests/base.py": "class Base:\n    def test_a(self): ...\n    def test_b(self): ...\n",
        "tests/test_a.py": "from tests.base import Base\nclass TestA(Base):\n    def test_b(self): ...\n",
    }
    assert names(tmp_path, files) == ["TestA.test_b", "Base.test_a"]


def test_tests_beside_a_service_that_import_it(tmp_path: Path) -> None:
    files = {
        "backend/pyproject.toml": "[project]\nname = 'a'\n",
        "backend/app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "tests/conftest.py": "import pytest\n@pytest.fixture\ndef shelf(): ...\n",
        "tests/test_a.py": "from app.main import app\ndef test_a(shelf): ...\n",
        "tests/test_else.py": "import json\ndef test_else(): ...\n",
    }
    service = service_of(tmp_path, files, "backend")
    assert [(test.name, [one.name for one in test.fixtures]) for test in service.suite.tests] == [
        ("test_a", ["shelf"])
    ]
    assert service.modules.tests_around == ("tests/test_else.py",)


def test_tests_below_a_conftest_that_imports_the_service(tmp_path: Path) -> None:
    files = {
        "backend/pyproject.toml": "[project]\nname = 'a'\n",
        "backend/app/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "worker/pyproject.toml": "[project]\nname = 'worker'\n",
        "worker/jobs.py": "",
        "tests/api/conftest.py": "from app.main import app\n",
        "tests/api/v1/test_a.py": "import json\ndef test_a(): ...\n",
        "tests/api/test_jobs.py": "import jobs\ndef test_jobs(): ...\n",
        "tests/worker/test_else.py": "import json\ndef test_else(): ...\n",
    }
    service = service_of(tmp_path, files, "backend")
    assert [test.name for test in service.suite.tests] == ["test_a"]


@pytest.mark.parametrize(
    "put",
    [
        'sys.path.insert(0, str(Path(__file__).parent / "new" / "desk" / "src"))',
        'sys.path.append("../new/desk/src")',
    ],
)
def test_of_two_packages_of_a_name_tests_have_the_one_that_they_put_on_the_path(
    tmp_path: Path, put: str
) -> None:
    package = {
        f"{folder}/{path}": text
        for folder in ("a/older/desk", "new/desk")
        for path, text in {
            "pyproject.toml": "[project]\nname = 'desk'\n",
            "src/desk/__init__.py": "",
            "src/desk/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        }.items()
    }
    files = {
        **package,
        "tests/conftest.py": f"import sys\nfrom pathlib import Path\n{put}\n",
        "tests/test_a.py": "from desk.main import app\ndef test_a(): ...\n",
    }
    assert [test.name for test in service_of(tmp_path, files, "new/desk").suite.tests] == ["test_a"]
    assert service_of(tmp_path, files, "a/older/desk").suite.tests == ()


def test_of_two_packages_of_a_name_tests_have_the_one_less_deep(tmp_path: Path) -> None:
    files = {
        "archive/desk/pyproject.toml": "[project]\nname = 'desk'\n",
        "archive/desk/desk.py": "",
        "desk/pyproject.toml": "[project]\nname = 'desk'\n",
        "desk/desk.py": "",
        "tests/test_a.py": "import desk\ndef test_a(): ...\n",
    }
    assert [test.name for test in service_of(tmp_path, files, "desk").suite.tests] == ["test_a"]


def test_markers_and_used_fixtures(tmp_path: Path) -> None:
    text = """
    import pytest
    pytestmark = pytest.mark.anyio
    @pytest.fixture
    def one(): ...
    @pytest.fixture(name="two")
    def _two(one): ...
    @pytest.fixture(autouse=True)
    def everywhere(): ...
    @pytest.mark.usefixtures("two")
    class TestA:
        @pytest.mark.slow
        def test_a(self): ...
    """
    (test,) = service_of(tmp_path, {"tests/test_a.py": text}).suite.tests
    assert {"pytest.mark.anyio", "pytest.mark.slow", "pytest.mark.usefixtures"} <= test.markers
    assert [fixture.name for fixture in test.fixtures] == ["one", "two", "everywhere"]
