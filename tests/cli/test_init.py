"""`archlint init`, then a commit that adds a violation and one that corrects one: the first day."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from archlint.setting_up import HOOK as HOOK_TO_WRITE
from tests.cli.command_line import Run, write

PROJECT = "[project]\r\nname = 'shop'\r\ndependencies = ['fastapi', 'sqlalchemy']\r\n"
FILES = {
    "pyproject.toml": PROJECT,
    "shop/main.py": "from fastapi import FastAPI\nfrom shop.endpoints import users\n\napp = FastAPI()\n"
    "app.include_router(users.router)\n",
    "shop/endpoints/users.py": "from fastapi import APIRouter\n\nrouter = APIRouter()\n\n\n"
    "@router.get('/users')\ndef users() -> list[str]:\n    return []\n",
}
ITEMS = "\n\n@router.get('/items')\ndef items() -> list[str]:\n    return []\n"
RUNS = {
    "app/main.py": True,
    "docker/Dockerfile.prod": True,
    "api.Dockerfile": True,
    "images/api-dockerfile": True,
    "Dockerfiles/api": True,
    "images/api": True,
    "images/logo.png": False,
    "requirements/generated/production.txt": True,
    ".env.example": True,
    "deploy/compose.yml": True,
    "requirements-dev.txt": True,
    "archlint-baseline.json": True,
    "README.md": False,
    "package.json": False,
    "docs/env.md": False,
    "web/app.tsx": False,
    "docker/README.md": False,
    "docs/requirements.md": False,
}
"""Whether a commit of this file alone runs the hook."""
HOOK = ("check", "--against", "HEAD", "--output-format", "hook")


@pytest.fixture
def commit(run: Run, tmp_path: Path) -> Callable[[], None]:
    """Commits all that lies in the repository of `run`."""
    del run
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(tmp_path))

    def commit() -> None:
        subprocess.run([*git, "add", "--all"], check=True)
        subprocess.run([*git, "commit", "--quiet", "-m", "a"], check=True)

    return commit


def test_it_adds_to_the_end_and_changes_no_other_byte(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    result = run("init", "--yes")
    assert (result.code, "mapped to shop/endpoints/**" in result.out) == (0, True)
    after = (tmp_path / "pyproject.toml").read_bytes()
    added = b'\r\n[tool.archlint.layers]\r\nrouters = ["shop/endpoints/**"]\r\n'
    assert after == PROJECT.encode() + added
    assert run("check").code == 0


def test_what_is_there_stays(run: Run, tmp_path: Path) -> None:
    own = {"archlint.toml": "ignore = []\n", "archlint-baseline.json": '{"version": 1, "findings": []}\n',
           ".pre-commit-config.yaml": "repos: []\n"}  # fmt: skip
    write(tmp_path, FILES | own)
    result = run("init", "--yes")
    assert (result.code, "Add this to the `repos:`" in result.out) == (0, True)
    assert {name: (tmp_path / name).read_text() for name in own} == own
    assert (tmp_path / "pyproject.toml").read_bytes() == PROJECT.encode()


def test_a_second_time_there_is_nothing_to_commit(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert "Now commit these files; `archlint check`" in run("init", "--yes").out
    again = run("init", "--yes").out
    assert "All of it is there already; `archlint check`" in again
    assert "writes" not in again


@pytest.mark.parametrize("add", [(), ("pyproject.toml",), (".",)])
def test_before_the_first_commit_nothing_is_untracked(
    run: Run, tmp_path: Path, commit: Callable[[], None], add: tuple[str, ...]
) -> None:
    """What only lacks a `git add` would be gone, and stale in the baseline, as soon as that is done."""
    migrations = {
        "alembic.ini": "[alembic]\nscript_location = migrations\n",
        "migrations/env.py": "from alembic import context\n\ncontext.run_migrations()\n",
        "migrations/versions/one.py": "revision = '1'\ndown_revision = None\n\n\ndef upgrade():\n    pass\n",
        "uv.lock": "version = 1\n",
    }
    write(tmp_path, FILES | migrations)
    subprocess.run(["git", "-C", str(tmp_path), "add", *add], check=True, capture_output=True)
    run("init", "--yes")
    commit()
    result = run("check")
    assert (result.code, "No violations" in result.out) == (0, True)


def test_the_hook_is_the_one_that_the_repository_offers() -> None:
    (own,) = yaml.safe_load(HOOK_TO_WRITE)[0]["hooks"]
    (offered,) = yaml.safe_load((Path(__file__).parents[2] / ".pre-commit-hooks.yaml").read_text())
    same = ("entry", "files", "pass_filenames", "require_serial")
    assert {key: own[key] for key in same} == {key: offered[key] for key in same}
    runs = {name: bool(re.search(own["files"], name)) for name in RUNS}
    assert runs == RUNS


def test_without_a_service(run: Run) -> None:
    result = run("init", "--yes")
    assert (result.code, result.err.count("\n")) == (2, 1)


def test_the_first_day(run: Run, tmp_path: Path, commit: Callable[[], None]) -> None:
    write(tmp_path, FILES | {"shop/torn.py": "x = (\n"})
    run("init", "--yes")
    commit()
    assert run(*HOOK).code == 0
    write(tmp_path, {"shop/endpoints/users.py": FILES["shop/endpoints/users.py"] + ITEMS})
    result = run(*HOOK, "--select", "BA1107")
    assert (result.code, result.out.count("/items"), "GET /users " in result.out) == (1, 1, False)
    assert result.out.count("\n") < 10
    write(tmp_path, {"shop/endpoints/users.py": FILES["shop/endpoints/users.py"]})
    write(tmp_path, {"shop/torn.py": "x = (1)\n"})
    assert "BA0004" in run(*HOOK).out
    assert "taken out" in run("baseline", "--prune").out
    assert run(*HOOK).code == 0


@pytest.mark.parametrize("name", [".pre-commit-config.yaml", "archlint-baseline.json"])
def test_what_git_ignores_is_not_written_over(run: Run, tmp_path: Path, name: str) -> None:
    write(tmp_path, {**FILES, ".gitignore": f"{name}\n", name: "kept\n"})
    result = run("init", "--yes")
    assert (tmp_path / name).read_text() == "kept\n"
    said = "Add this to the `repos:`" if name.startswith(".") else f"{name} is there, and git ignores it"
    assert said in result.out + result.err


RAW = {
    "shop/db.py": "from databases import Database\n\ndatabase = Database('postgresql://db/shop')\n",
    "shop/sql/users.py": """\
        from shop.db import database


        async def users():
            return await database.fetch_all("select * from users")
    """,
    "shop/sql/carts.py": """\
        from shop.db import database


        async def empty(cart: int):
            await database.execute("delete from items where cart = :cart", {"cart": cart})
    """,
}
MAPPED = {
    "shop/sql/users.py": """\
        from sqlalchemy import select


        async def users(session):
            return await session.scalars(select(1))
    """,
    "shop/sql/carts.py": """\
        from sqlalchemy import text


        async def empty(session):
            await session.execute(text("delete from items"))
    """,
}


@pytest.mark.parametrize("files", [RAW, MAPPED], ids=["a connection of its own", "SQLAlchemy"])
def test_a_directory_that_holds_the_queries_is_proposed_as_crud(
    run: Run, tmp_path: Path, files: dict[str, str]
) -> None:
    write(tmp_path, FILES | files)
    shown = run("init", "--yes").out
    assert re.search(r"^  crud +\d+ modules before, +2 after  mapped to shop/sql/\*\*$", shown, re.MULTILINE)
    assert 'crud = ["shop/sql/**"]' in (tmp_path / "pyproject.toml").read_text()


def test_a_directory_of_that_name_without_queries_is_not(run: Run, tmp_path: Path) -> None:
    names = {f"shop/sql/{name}.py": f"def {name}():\n    return ''\n" for name in ("quoted", "escaped")}
    write(tmp_path, FILES | names)
    assert "shop/sql" not in run("init", "--yes").out


def test_of_one_of_several_services_the_hook_checks_that_one(run: Run, tmp_path: Path) -> None:
    app = "from fastapi import FastAPI\n\napp = FastAPI()\n"
    write(tmp_path, {f"services/{name}/main.py": app for name in ("shop", "team")})
    write(
        tmp_path,
        {f"services/{name}/pyproject.toml": f"[project]\nname = '{name}'\n" for name in ("shop", "team")},
    )
    hooks = tmp_path / ".pre-commit-config.yaml"
    first = run("init", "services/shop", "--yes")
    assert "archlint check services/shop --output-format github" in first.out
    assert "entry: archlint check services/shop --against HEAD" in hooks.read_text()
    again = run("init", "services/shop", "--yes")
    assert (again.code, "to archlint's `entry`" in again.out, "repos:" in again.out) == (0, False, False)
    assert "Add services/team to archlint's `entry`" in run("init", "services/team", "--yes").out
    hooks.unlink()
    assert "archlint check --output-format github" in run("init", "--yes").out
    assert "entry: archlint check --against HEAD" in hooks.read_text()
    assert "archlint's `entry`" not in run("init", "services/team", "--yes").out
