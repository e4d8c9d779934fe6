"""Remedies that can be followed: what a tool refuses is never proposed."""

from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.packaging.managers import instead_of, to_add, to_declare, to_lock
from tests.service.small import service_of

PROJECT = '[project]\nname = "a"\nversion = "1"\ndependencies = []\n'
POETRY = '[tool.poetry]\nname = "a"\n[tool.poetry.dependencies]\nfastapi = "*"\n'


@pytest.mark.parametrize(
    ("files", "begins"),
    [
        ({"pyproject.toml": POETRY, "poetry.lock": ""}, "`uvx migrate-to-uv` turns Poetry's table"),
        ({"pyproject.toml": POETRY}, "`uvx migrate-to-uv` turns Poetry's table"),
        ({"Pipfile": ""}, "`uvx migrate-to-uv` turns the Pipfile"),
        ({"requirements.txt": "fastapi"}, "`uvx migrate-to-uv` turns requirements.txt"),
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
        ({}, "requirements/base.txt", "Begin with `uv init --bare`, then `uv add -r requirements/base.txt`"),
        ({"pyproject.toml": '[project]\nname = "a"\n'}, "requirements.in", "Run `uv add -r requirements.in`"),
        ({"pyproject.toml": "[tool.ruff]\n"}, "requirements.in", "Write a `[project]` table with name"),
        ({"setup.py": ""}, "setup.py", "Move the requirements of `setup.py`"),
    ],
)
def test_requirements_are_moved_from_where_they_are(
    files: dict[str, str], found: str, remedy: str, tmp_path: Path
) -> None:
    project = service_of(tmp_path, {"app/main.py": "", **files}).project
    assert to_declare(project, found).startswith(remedy)


@pytest.mark.parametrize(
    ("files", "command"),
    [
        ({"pyproject.toml": PROJECT, "poetry.lock": ""}, "`poetry add httpx`"),
        ({"pyproject.toml": PROJECT, "pdm.lock": ""}, "`pdm add httpx`"),
        ({"pyproject.toml": PROJECT}, "`uv add httpx`"),
        ({"pyproject.toml": PROJECT, "poetry.lock": "", "uv.lock": "version = 1\n"}, "`uv add httpx`"),
    ],
)
def test_a_dependency_is_added_with_the_tool_of_the_project(
    files: dict[str, str], command: str, tmp_path: Path
) -> None:
    assert to_add(service_of(tmp_path, {"app/main.py": "", **files}).project, "httpx") == command


def test_what_cannot_be_migrated_is_not_told_to_be() -> None:
    assert "migrate-to-uv" not in instead_of("PDM") + instead_of("conda")
