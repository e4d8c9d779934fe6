from __future__ import annotations

from pathlib import Path

import pytest

from archlint.discover import Repository
from archlint.paths import ancestors
from archlint.service.packaging.lock_freshness import lock_differences
from archlint.service.packaging.pyproject import ServiceProject


def project(root: str, folder: Path, files: dict[str, str]) -> ServiceProject:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return ServiceProject(root, Repository(folder, tuple(sorted(files)), None))


def named(name: str) -> str:
    return f'[project]\nname = "{name}"\nversion = "1"\n'


WORKSPACE = '[tool.uv.workspace]\nmembers = ["services/*", "libs/core"]\nexclude = ["services/old"]\n'


def test_nothing_is_no_project(tmp_path: Path) -> None:
    found = project(".", tmp_path, {"main.py": ""})
    assert (found.pyproject, found.workspace, found.lock, found.declared) == (None, None, None, ())
    assert (found.lock_path, found.label, found.problems) == ("uv.lock", "the service", ())


def test_a_lone_project_is_its_own_workspace(tmp_path: Path) -> None:
    found = project(
        "backend", tmp_path, {"backend/pyproject.toml": named("My.App"), "backend/uv.lock": "version = 1"}
    )
    assert [member.name for member in found.members] == ["my-app"]
    assert found.lock_path == "backend/uv.lock"
    assert found.label == "my-app"


def test_a_member_has_the_lock_of_its_workspace(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": WORKSPACE,
        "services/a/pyproject.toml": named("a"),
        "services/old/pyproject.toml": named("old"),
        "services/a/vendored/pyproject.toml": named("vendored"),
        "libs/core/pyproject.toml": named("core"),
        "libs/other/pyproject.toml": named("other"),
    }
    found = project("services/a", tmp_path, files)
    assert found.lock_path == "uv.lock"
    assert [member.name for member in found.members] == ["core", "a"]


@pytest.mark.parametrize("folder", ["services/old", "elsewhere"])
def test_what_is_no_member_keeps_its_own_lock(tmp_path: Path, folder: str) -> None:
    found = project(folder, tmp_path, {"pyproject.toml": WORKSPACE, f"{folder}/pyproject.toml": named("x")})
    assert found.lock_path == f"{folder}/uv.lock"


def test_a_project_inside_of_a_plain_project_is_alone(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[tool.uv.workspace]\nmembers = ["**"]\n',
        "a/pyproject.toml": named("a"),
        "a/b/pyproject.toml": named("b"),
    }
    assert project("a", tmp_path, files).lock_path == "uv.lock"
    assert project("a/b", tmp_path, files).lock_path == "a/b/uv.lock"


def test_a_service_without_pyproject_belongs_to_the_one_above(tmp_path: Path) -> None:
    found = project("src/api", tmp_path, {"pyproject.toml": named("api"), "src/api/main.py": ""})
    assert found.lock_path == "uv.lock"


def test_a_broken_pyproject_is_a_problem(tmp_path: Path) -> None:
    found = project(".", tmp_path, {"pyproject.toml": "[project\n", "uv.lock": "also broken"})
    assert found.pyproject is None
    assert [problem.location.line for problem in found.problems] == [1]
    assert found.lock is not None and found.lock.problems


def test_a_broken_pyproject_is_not_stood_in_for_by_the_one_above(tmp_path: Path) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "all"\n[tool.uv.workspace]\nmembers = ["*"]\n',
        "uv.lock": 'version = 1\n[manifest]\nmembers = ["all", "a", "b"]\n',
        "a/pyproject.toml": named("a"),
        "b/pyproject.toml": "[project\n",
    }
    assert project("b", tmp_path, files).pyproject is None
    above = project(".", tmp_path, files)
    assert [problem.location.file for problem in above.unread_members] == ["b/pyproject.toml"]
    assert [type(found).__name__ for found in lock_differences(above)] == ["Unknown"]


DECLARED = """\
[project]
name = "x"
dependencies = ["alpha>=1", "not a requirement!"]
[project.optional-dependencies]
Big_Extra = ["beta"]
[dependency-groups]
test = ["pytest"]
Dev_Tools = [{ include-group = "Test" }, "ruff"]
loop = [{ include-group = "loop" }, { include-group = "gone" }]
[tool.uv]
dev-dependencies = ["mypy"]
"""


def test_requirements_know_where_they_stand(tmp_path: Path) -> None:
    found = project(".", tmp_path, {"pyproject.toml": DECLARED})
    assert [(d.requirement.name, d.extra, d.group, d.location.line) for d in found.declared] == [
        ("alpha", None, None, 3),
        ("beta", "big-extra", None, 5),
        ("pytest", None, "test", 7),
        ("pytest", None, "dev-tools", 7),
        ("ruff", None, "dev-tools", 8),
        ("mypy", None, "dev", 11),
    ]
    assert found.pyproject is not None
    assert [problem.location.line for problem in found.pyproject.problems] == [3, 9, 9]


def test_ancestors_end_at_the_root() -> None:
    assert list(ancestors("a/b")) == ["a/b", "a", "."]
    assert list(ancestors(".")) == ["."]
