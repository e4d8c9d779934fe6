from __future__ import annotations

from pathlib import Path

import pytest

from archlint.service.migrations.environments import Migrations
from tests.service.small import service_of

ENV = "from alembic import context\n"
REVISION = "revision = 'a'\ndown_revision = None\n"


def migrations(folder: Path, files: dict[str, str], root: str = ".") -> Migrations:
    return service_of(folder, files, root).migrations


def shape(found: Migrations) -> list[tuple[str, str | None, tuple[str, ...], list[str]]]:
    return [(e.folder, e.env, e.versions, sorted(r.id for r in e.revisions)) for e in found.environments]


def test_a_service_without_alembic_has_no_environment(tmp_path: Path) -> None:
    found = migrations(tmp_path, {"main.py": "", "env.py": "X = 1\n", "tox.ini": "[tox]\n"})
    assert found.environments == ()
    assert found.unknown == ()


@pytest.mark.parametrize(
    ("settings", "files"),
    [
        ("script_location = alembic", "alembic"),
        ("script_location = ./alembic/", "alembic"),
        ("script_location = %(here)s/alembic", "alembic"),
        ("script_location = db/migrations", "db/migrations"),
        ("script_location = app:db/alembic", "src/app/db/alembic"),
        ("[DEFAULT]\nscript_location = m", "m"),
        ("script_location = /app/db/migrations", "db/migrations"),
        ("script_location = /srv/service/src/app/db/alembic", "src/app/db/alembic"),
        ("where = db\nscript_location = %(where)s/x", "db/x"),
    ],
)
def test_script_locations_of_alembic_ini(tmp_path: Path, settings: str, files: str) -> None:
    sources = {
        "alembic.ini": f"[alembic]\n{settings}\n",
        "src/app/__init__.py": "",
        f"{files}/env.py": ENV,
        f"{files}/versions/a.py": REVISION,
        f"{files}/versions/__init__.py": "",
    }
    assert shape(migrations(tmp_path, sources)) == [(files, f"{files}/env.py", (f"{files}/versions",), ["a"])]


def test_settings_inside_of_the_package_name_a_folder_of_the_start(tmp_path: Path) -> None:
    sources = {
        "keep/alembic.ini": "[alembic]\nscript_location = keep/db/migrations\n",
        "keep/db/migrations/env.py": ENV,
    }
    assert shape(migrations(tmp_path, sources)) == [
        ("keep/db/migrations", "keep/db/migrations/env.py", (), [])
    ]


def test_every_colon_of_a_script_location_is_a_step_down(tmp_path: Path) -> None:
    files = {"alembic.ini": "[alembic]\nscript_location = pkg:db:scripts\n", "pkg/__init__.py": ""}
    found = migrations(tmp_path, files | {"pkg/db/scripts/env.py": ENV})
    assert [e.folder for e in found.environments] == ["pkg/db/scripts"]


def test_an_env_py_that_moves_the_versions_makes_them_unknown(tmp_path: Path) -> None:
    moves = ENV + "context.script.version_locations = [folder]\n"
    files = {"alembic.ini": "[alembic]\nscript_location = alembic\n", "alembic/env.py": moves}
    found = migrations(tmp_path, files | {"alembic/versions/sqlite/a.py": REVISION})
    [environment] = found.environments
    assert environment.revisions == ()
    assert [unknown.location.line for unknown in environment.unknown] == [2]


def test_settings_above_the_service(tmp_path: Path) -> None:
    sources = {
        "alembic.ini": "[alembic]\nscript_location = backend/alembic\n",
        "backend/pyproject.toml": "[project]\nname = 'x'\n",
        "backend/alembic/env.py": ENV,
        "backend/alembic/versions/a.py": REVISION,
    }
    assert [r for *_, r in shape(migrations(tmp_path, sources, "backend"))] == [["a"]]


def test_pyproject_settings_and_version_locations(tmp_path: Path) -> None:
    sources = {
        "pyproject.toml": "[tool.alembic]\nscript_location = '%(here)s/db'\n"
        "version_locations = ['db/one', 'db/two']\n",
        "db/env.py": ENV,
        "db/one/a.py": REVISION,
        "db/two/b.py": "revision = 'b'\ndown_revision = 'a'\n",
        "db/versions/c.py": "revision = 'c'\n",
    }
    assert shape(migrations(tmp_path, sources)) == [("db", "db/env.py", ("db/one", "db/two"), ["a", "b"])]


@pytest.mark.parametrize("separator", [" ", ", ", ":", ";", "\n  "])
def test_separators_of_version_locations(tmp_path: Path, separator: str) -> None:
    places = separator.join(["%(here)s/db/one", "db/two"])
    sources = {
        "alembic.ini": f"[alembic]\nscript_location = db\nversion_locations = {places}\n",
        "db/env.py": ENV,
        "db/one/a.py": REVISION,
        "db/two/b.py": "revision = 'b'\n",
    }
    assert shape(migrations(tmp_path, sources)) == [("db", "db/env.py", ("db/one", "db/two"), ["a", "b"])]


@pytest.mark.parametrize(("recursive", "ids"), [("true", ["a", "b"]), ("false", ["a"])])
def test_folders_of_versions_count_only_when_recursive(
    tmp_path: Path, recursive: str, ids: list[str]
) -> None:
    sources = {
        "alembic.ini": f"[alembic]\nscript_location = m\nrecursive_version_locations = {recursive}\n",
        "m/env.py": ENV,
        "m/versions/a.py": REVISION,
        "m/versions/2026/b.py": "revision = 'b'\n",
    }
    assert shape(migrations(tmp_path, sources))[0][3] == ids


def test_sections_are_environments_of_their_own(tmp_path: Path) -> None:
    sources = {
        "alembic.ini": "[core]\nscript_location = m/core\n[tenant]\nscript_location = m/tenant\n",
        "m/core/env.py": ENV,
        "m/tenant/env.py": ENV,
    }
    assert [folder for folder, *_ in shape(migrations(tmp_path, sources))] == ["m/core", "m/tenant"]


def test_an_env_py_that_no_settings_name_is_an_environment_without_settings(tmp_path: Path) -> None:
    found = migrations(
        tmp_path, {"app/db/migrations/env.py": ENV, "app/db/migrations/versions/a.py": REVISION}
    )
    assert [(e.folder, e.settings) for e in found.environments] == [("app/db/migrations", None)]
    assert found.missing == ("`alembic.ini` or `[tool.alembic]`",)


def test_environments_of_tests_and_examples_are_not_the_services(tmp_path: Path) -> None:
    sources = {"tests/alembic.ini": "[alembic]\nscript_location = x\n", "docs/m/env.py": ENV}
    assert migrations(tmp_path, sources).environments == ()


def test_an_interpolation_that_leads_nowhere_is_unknown(tmp_path: Path) -> None:
    found = migrations(tmp_path, {"alembic.ini": "[alembic]\nscript_location = %(gone)s/x\n"})
    assert [u.location.line for u in found.unknown] == [2]


@pytest.mark.parametrize(
    ("manifest", "text", "missing"),
    [
        ("pyproject.toml", "[project]\nname = 'x'\ndependencies = ['alembic']\n", False),
        ("pyproject.toml", "[project]\nname = 'x'\n[dependency-groups]\ndb = ['Alembic>=1']\n", False),
        ("requirements.txt", "alembic==1.16\n", False),
        ("setup.py", "from setuptools import setup\nsetup(install_requires=read())\n", False),
        ("README.md", "", False),
        ("pyproject.toml", "[project]\nname = 'x'\n[tool.ruff]\nexclude = ['alembic']\n", True),
    ],
)
def test_the_dependency_is_missed_only_where_one_can_be_declared(
    tmp_path: Path, manifest: str, text: str, missing: bool
) -> None:
    found = migrations(tmp_path, {manifest: text, "main.py": ""})
    assert ("Alembic dependency" in found.missing) == missing


ENGINE = "from sqlalchemy import create_engine\nengine = create_engine('postgresql:///x')\n"


def test_what_lies_beside_several_environments_is_alembics(tmp_path: Path) -> None:
    files = {
        "main.py": "import db.session\n",
        "db/session.py": ENGINE,
        "db/migrations/helpers.py": ENGINE,
        "db/migrations/core/env.py": ENV,
        "db/migrations/events/env.py": ENV,
        "other/session.py": ENGINE,
        "other/core/env.py": ENV,
        "other/events/env.py": ENV,
        "migrations/tool.py": ENGINE,
        "migrations/alembic/env.py": ENV,
    }
    roles = {module.path: module.role.name for module in service_of(tmp_path, files).modules}
    assert {path for path, role in roles.items() if role == "MIGRATION"} == {
        "db/migrations/helpers.py",
        *(path for path in files if path.endswith("env.py")),
    }
