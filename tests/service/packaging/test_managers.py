"""Remedies that can be followed: what a tool refuses is never proposed."""

from __future__ import annotations

from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

from archlint.service.packaging.managers import instead_of, to_add, to_declare, to_lock, to_require, to_run
from tests.service.small import service_of

PROJECT = '[project]\nname = "a"\nversion = "1"\ndependencies = []\n'
NAMELESS = '[tool.poetry]\npackage-mode = false\n[tool.poetry.dependencies]\nfastapi = "*"\n'
POETRY = '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\nfastapi = "*"\n'


@pytest.mark.parametrize(
    ("files", "begins"),
    [
        ({"pyproject.toml": POETRY, "poetry.lock": ""}, "`uvx migrate-to-uv` turns Poetry's table"),
        ({"pyproject.toml": POETRY}, "`uvx migrate-to-uv` turns Poetry's table"),
        ({"pyproject.toml": NAMELESS}, "Write a `[project]` table with name and version, then `uvx migrate"),
        ({"Pipfile": ""}, "Begin with `uv init --bare`, then `uvx migrate-to-uv` turns the Pipfile"),
        (
            {"Pipfile": "", "pyproject.toml": '[project]\nname = "a"\n'},
            "`uvx migrate-to-uv` turns the Pipfile",
        ),
        (
            {"requirements.txt": "fastapi"},
            "Begin with `uv init --bare`, then run `uv add -r requirements.txt`",
        ),
        ({"environment.yml": ""}, "Begin with `uv init --bare`, then `uv add` each Python package"),
        ({"environment.yml": "", "pyproject.toml": "[tool.ruff]\n"}, "Write a `[project]` table with name"),
        (
            {"pyproject.toml": "[tool.ruff]\n"},
            "Write a `[project]` table with name and version, then",
        ),
        ({"pyproject.toml": PROJECT, "poetry.lock": ""}, "Run `uv lock`"),
        ({"pyproject.toml": PROJECT, "pdm.lock": ""}, "Run `uv lock`"),
        ({}, "Begin with `uv init --bare`, then `uv add` what the service imports"),
    ],
)
def test_a_lock_is_made_of_what_there_is(files: dict[str, str], begins: str, tmp_path: Path) -> None:
    assert to_lock(service_of(tmp_path, {"app/main.py": "", **files}).project).startswith(begins)


@pytest.mark.parametrize(
    ("files", "found", "remedy"),
    [
        (
            {},
            "requirements/base.txt",
            "Begin with `uv init --bare`, then run `uv add -r requirements/base.txt`",
        ),
        ({"pyproject.toml": '[project]\nname = "a"\n'}, "requirements.in", "Run `uv add -r requirements.in`"),
        ({"pyproject.toml": "[tool.ruff]\n"}, "requirements.in", "Write a `[project]` table with name"),
        (
            {"setup.py": ""},
            "setup.py",
            "Begin with `uv init --bare`, then move the requirements of `setup.py`",
        ),
        ({"pyproject.toml": PROJECT, "setup.py": ""}, "setup.py", "Move the requirements of `setup.py`"),
    ],
)
def test_requirements_are_moved_from_where_they_are(
    files: dict[str, str], found: str, remedy: str, tmp_path: Path
) -> None:
    project = service_of(tmp_path, {"app/main.py": "", **files}).project
    assert to_declare(project, found).startswith(remedy)


@pytest.mark.parametrize(
    ("files", "remedy"),
    [
        (
            {"api/requirements.txt": ""},
            "In `api`, begin with `uv init --bare`, then run `uv add -r requirements.txt`",
        ),
        (
            {"api/requirements.txt": "", "pyproject.toml": "[tool.ruff]\n"},
            "In `api`, begin with `uv init --bare --no-workspace`, then run `uv add -r requirements.txt`",
        ),
        (
            {"api/requirements.txt": "", "api/pyproject.toml": PROJECT},
            "In `api`, run `uv add -r requirements.txt`",
        ),
        (
            {"api/requirements.txt": "", "pyproject.toml": PROJECT},
            "Run `uv add -r api/requirements.txt`",
        ),
    ],
)
def test_a_service_in_a_folder_is_told_where(files: dict[str, str], remedy: str, tmp_path: Path) -> None:
    project = service_of(tmp_path, {"api/app/main.py": "", **files}, "api").project
    assert to_declare(project, "api/requirements.txt").startswith(remedy)


@pytest.mark.parametrize(
    ("files", "remedy", "for_development"),
    [
        ({"pyproject.toml": PROJECT}, "Run `uv add httpx`", "Run `uv add --dev httpx`"),
        (
            {"pyproject.toml": PROJECT, "poetry.lock": "", "uv.lock": "version = 1\n"},
            "Run `uv add httpx`",
            "Run `uv add --dev httpx`",
        ),
        (
            {"pyproject.toml": PROJECT, "requirements.txt": ""},
            "Run `uv add httpx`",
            "Run `uv add --dev httpx`",
        ),
        ({"pyproject.toml": POETRY}, "Run `poetry add httpx`", "Run `poetry add --group dev httpx`"),
        (
            {"pyproject.toml": PROJECT, "poetry.lock": ""},
            "Run `poetry add httpx`",
            "Run `poetry add --group dev httpx`",
        ),
        ({"pyproject.toml": PROJECT, "pdm.lock": ""}, "Run `pdm add httpx`", "Run `pdm add --dev httpx`"),
        ({"Pipfile": ""}, "Run `pipenv install httpx`", "Run `pipenv install --dev httpx`"),
        ({"requirements.txt": ""}, "Add `httpx` to `requirements.txt`", "Add `httpx` to `requirements.txt`"),
        (
            {"requirements.txt": "", "requirements-dev.txt": "", "pyproject.toml": "[tool.black]\n"},
            "Add `httpx` to `requirements.txt`",
            "Add `httpx` to `requirements-dev.txt`",
        ),
        ({"environment.yml": ""}, "Add `httpx` to `environment.yml`", "Add `httpx` to `environment.yml`"),
        (
            {"setup.py": "setup(install_requires=[])"},
            "Add `httpx` to `setup.py`",
            "Add `httpx` to `setup.py`",
        ),
        (
            {"setup.py": "setup()", "setup.cfg": "[options]\ninstall_requires =\n  fastapi\n"},
            "Add `httpx` to `setup.cfg`",
            "Add `httpx` to `setup.cfg`",
        ),
        (
            {},
            "Begin with `uv init --bare`, then run `uv add httpx`",
            "Begin with `uv init --bare`, then run `uv add --dev httpx`",
        ),
    ],
)
def test_a_dependency_is_added_with_the_tool_of_the_project(
    files: dict[str, str], remedy: str, for_development: str, tmp_path: Path
) -> None:
    project = service_of(tmp_path, {"app/main.py": "", **files}).project
    assert (to_add(project, "httpx"), to_add(project, "httpx", dev=True)) == (remedy, for_development)


@pytest.mark.parametrize(
    ("files", "file", "remedy"),
    [
        (
            {"pyproject.toml": PROJECT},
            "uv.lock",
            "Require `fastapi>=0.99`, and run `uv lock --upgrade-package fastapi`",
        ),
        (
            {"pyproject.toml": POETRY, "poetry.lock": ""},
            "poetry.lock",
            "Require `fastapi>=0.99`, and run `poetry update fastapi`",
        ),
        ({"pyproject.toml": PROJECT}, "requirements.txt", "Require `fastapi>=0.99` in `requirements.txt`"),
        ({"requirements.txt": ""}, "requirements.txt", "Require `fastapi>=0.99` in `requirements.txt`"),
    ],
)
def test_an_old_version_is_raised_where_it_stands(
    files: dict[str, str], file: str, remedy: str, tmp_path: Path
) -> None:
    project = service_of(tmp_path, {"app/main.py": "", **files}).project
    assert to_require(project, Requirement("fastapi>=0.99"), file, SpecifierSet(">=0.90")) == remedy


def test_a_lock_behind_its_requirement_is_all_that_is_made_anew(tmp_path: Path) -> None:
    files = {"app/main.py": "", "pyproject.toml": POETRY, "poetry.lock": ""}
    project = service_of(tmp_path, files).project
    told = to_require(project, Requirement("fastapi>=0.99"), "poetry.lock", SpecifierSet(">=0.111,<0.112"))
    assert told == "Run `poetry update fastapi`: the lock is behind `<0.112,>=0.111`"


LIBRARY = '[project]\nname = "library"\ndependencies = ["httpx"]\n'


def test_a_library_above_is_not_the_project_of_a_service_that_lists_its_own(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": LIBRARY,
        "uv.lock": "",
        "server/requirements.txt": "fastapi\nsqlalchemy\n",
        "server/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    }
    project = service_of(tmp_path, files, root="server").project
    assert project.pyproject is None
    assert to_add(project, "asyncpg") == "Add `asyncpg` to `server/requirements.txt`"
    assert to_lock(project) == (
        "In `server`, begin with `uv init --bare --no-workspace`, then run `uv add -r requirements.txt`, "
        "which locks the requirements, too"
    )


@pytest.mark.parametrize(
    ("above", "listed"),
    [
        ('[project]\nname = "all"\ndependencies = ["fastapi"]\n', "fastapi\n"),
        ('[project]\nname = "all"\ndynamic = ["dependencies"]\n', "fastapi\n"),
        (LIBRARY, "httpx\n"),
        ("[tool.ruff]\nline-length = 100\n", "fastapi\n"),
    ],
)
def test_a_pyproject_above_that_may_be_the_services_is(above: str, listed: str, tmp_path: Path) -> None:
    files = {
        "pyproject.toml": above,
        "server/requirements.txt": listed,
        "server/main.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    }
    assert service_of(tmp_path, files, root="server").project.pyproject is not None


def test_a_command_runs_in_the_environment_that_there_is(tmp_path: Path) -> None:
    assert (
        to_run(service_of(tmp_path / "a", {"requirements.txt": ""}).project, "alembic init x")
        == "`alembic init x`"
    )
    poetry = service_of(tmp_path / "b", {"pyproject.toml": POETRY}).project
    assert to_run(poetry, "alembic init x") == "`poetry run alembic init x`"


@pytest.mark.parametrize(
    ("files", "tool", "remedy"),
    [
        ({"pyproject.toml": PROJECT, "uv.lock": "", "poetry.lock": ""}, "Poetry", "Call uv instead"),
        ({"pyproject.toml": PROJECT, "pdm.lock": ""}, "PDM", "Run `uv lock`"),
        ({"environment.yml": ""}, "conda", "`uv add` each Python package"),
        ({"pyproject.toml": POETRY}, "Poetry", "`uvx migrate-to-uv` converts the manifest"),
        (
            {"Pipfile": ""},
            "Pipenv",
            "Begin with `uv init --bare`, then `uvx migrate-to-uv` converts the manifest",
        ),
    ],
)
def test_another_manager_goes_by_a_way_that_there_is(
    files: dict[str, str], tool: str, remedy: str, tmp_path: Path
) -> None:
    assert instead_of(service_of(tmp_path, files).project, tool).startswith(remedy)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("[dependency-groups]\ndev = ['pytest']\n", "uv add --dev httpx"),
        ("[dependency-groups]\ndev = ['ruff']\ntest = ['pytest>=8']\n", "uv add --group test httpx"),
        ("[project.optional-dependencies]\ntest = ['pytest']\n", "uv add --optional test httpx"),
        ("[project.optional-dependencies]\nall = ['redis']\n", "uv add --dev httpx"),
    ],
)
def test_what_tests_need_is_added_beside_pytest(text: str, command: str, tmp_path: Path) -> None:
    project = service_of(tmp_path, {"app/main.py": "", "pyproject.toml": f"{PROJECT}\n{text}"}).project
    assert to_add(project, "httpx", dev=True) == f"Run `{command}`"


def test_poetry_adds_what_tests_need_to_the_group_of_pytest(tmp_path: Path) -> None:
    text = f"{POETRY}\n[tool.poetry.group.checks.dependencies]\npytest = '*'\n"
    project = service_of(tmp_path, {"app/main.py": "", "pyproject.toml": text}).project
    assert to_add(project, "httpx", dev=True) == "Run `poetry add --group checks httpx`"


def test_a_lock_is_made_where_the_project_is(tmp_path: Path) -> None:
    files = {"services/a/pyproject.toml": PROJECT, "services/a/app/main.py": ""}
    project = service_of(tmp_path, files, root="services/a").project
    assert to_lock(project) == "Run `uv lock` in `services/a` and commit uv.lock"
    assert instead_of(project, "PDM").startswith("Run `uv lock` in `services/a`, which reads")
