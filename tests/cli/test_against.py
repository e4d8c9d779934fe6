"""`archlint check --against`: what a commit adds, and nothing else."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest

from archlint import engine
from archlint.results import Report
from archlint.rules.versioning import unversioned_endpoint
from tests.cli.command_line import Run, write

ROUTES = (
    "from fastapi import FastAPI\n\napp = FastAPI()\n\n\n"
    "@app.get('/users')\ndef users() -> list[str]:\n    return []\n"
)
FILES = {"app/main.py": ROUTES, "app/broken.py": "def broken(:\n    pass\n"}
MORE = "\n\n@app.get('/items')\ndef items() -> list[str]:\n    return []\n"
CHECK = ("check", "--against", "HEAD", "--output-format", "concise")


@pytest.fixture
def commit(run: Run, tmp_path: Path) -> None:
    """The files, committed in the repository that `run` makes."""
    del run
    write(tmp_path, FILES)
    commit_all(tmp_path)


def commit_all(folder: Path) -> None:
    git = ("git", "-c", "user.name=a", "-c", "user.email=a@b", "-C", str(folder))
    subprocess.run([*git, "add", "--all"], check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "a"], check=True)


@pytest.fixture
def checked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the engine checks from now on: the head, and the base if it is not known."""
    found: list[Any] = []
    once = engine._checked

    def counting(*given: Any) -> Report:
        found.append(given[0])
        return once(*given)

    monkeypatch.setattr(engine, "_checked", counting)
    return found


@pytest.mark.usefixtures("commit")
def test_what_was_there_is_not_told(run: Run, tmp_path: Path) -> None:
    result = run(*CHECK)
    assert (result.code, "BA" in result.out) == (0, False)
    assert "HEAD has as well left out" in result.out
    write(tmp_path, {"app/main.py": ROUTES.replace("app = ", "\n# A comment.\napp = ")})
    assert run(*CHECK).code == 0
    (tmp_path / "app/broken.py").rename(tmp_path / "app/torn.py")
    assert run(*CHECK).code == 0


@pytest.mark.usefixtures("commit")
def test_what_was_added_is_told(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"app/main.py": ROUTES + MORE})
    result = run(*CHECK, "--select", "BA1107")
    assert (result.code, result.out.count("/items")) == (1, 1)
    assert "/users" not in result.out


@pytest.mark.usefixtures("commit")
def test_a_stricter_configuration_adds_nothing(run: Run, tmp_path: Path) -> None:
    write(tmp_path, {"archlint.toml": '[severity]\nBA08 = "error"\n'})
    assert run(*CHECK, "--select", "BA08").code == 0


@pytest.mark.usefixtures("commit")
def test_the_commit_is_checked_once(run: Run, tmp_path: Path, checked: list[Any]) -> None:
    write(tmp_path, {"app/more.py": "x = 1\n"})
    first = run(*CHECK)
    assert len(checked) == 2
    assert run(*CHECK) == first
    assert len(checked) == 3


@pytest.mark.usefixtures("commit")
def test_what_was_checked_before_it_was_committed_is_known(
    run: Run, tmp_path: Path, checked: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, {"app/main.py": ROUTES + MORE})
    assert run(*CHECK).code == 1  # nothing is untracked, so the answer is of a commit of this as well
    commit_all(tmp_path)
    write(tmp_path, {"app/main.py": ROUTES + MORE + "\n# A comment.\n"})
    checked.clear()
    known = run(*CHECK)
    assert (known.code, [one.base is None for one in checked]) == (0, [False])
    monkeypatch.setenv("ARCHLINT_CACHE_DIR", str(tmp_path.parent / "other"))
    assert run(*CHECK) == known
    assert len(checked) == 3


@pytest.mark.usefixtures("commit")
def test_what_git_does_not_track_makes_another_answer(run: Run, tmp_path: Path, checked: list[Any]) -> None:
    write(tmp_path, {"app/main.py": ROUTES + MORE, "app/more.py": "def more(:\n"})
    run(*CHECK)
    (tmp_path / "app/more.py").unlink()
    commit_all(tmp_path)
    write(tmp_path, {"app/more.py": "def more(:\n"})
    checked.clear()
    assert "app/more.py" in run(*CHECK).out
    assert len(checked) == 2


@pytest.mark.usefixtures("commit")
def test_without_baselines_the_commit_is_checked_without_them(run: Run, tmp_path: Path) -> None:
    run("baseline")
    commit_all(tmp_path)
    assert run(*CHECK).code == 0
    assert run(*CHECK, "--no-baseline").code == 0


@pytest.mark.usefixtures("commit")
def test_nothing_to_compare_needs_no_commit(run: Run, checked: list[Any]) -> None:
    assert run(*CHECK, "--select", "BA0705").code == 0
    assert len(checked) == 1


def test_before_the_first_commit_all_is_new(run: Run, tmp_path: Path) -> None:
    write(tmp_path, FILES)
    assert "app/broken.py" in run(*CHECK).out


@pytest.mark.usefixtures("commit")
def test_a_commit_that_is_not_there(run: Run) -> None:
    result = run("check", "--against", "nowhere")
    assert (result.code, result.err.count("\n")) == (2, 1)


@pytest.mark.usefixtures("commit")
def test_the_report_tells_how_the_figure_changed(run: Run, tmp_path: Path) -> None:
    assert "at HEAD" not in run("report").out
    assert "(no change)" in run("report", "--against", "HEAD").out
    (tmp_path / "app/main.py").write_text(ROUTES + MORE.replace("items", "things"))
    assert "% at HEAD, " in run("report", "--against", "HEAD", "--format", "markdown").out.replace(
        "&#126;", "~"
    )


@pytest.mark.usefixtures("commit")
def test_a_rule_that_breaks_on_the_commit_is_no_comparison(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def breaks(service: object, options: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(unversioned_endpoint, "check", breaks)
        result = run(*CHECK, "--select", "BA0801")
        assert (result.code, result.out) == (2, "")
        assert "HEAD cannot be compared with: internal error in BA0801 unversioned-endpoint" in result.err
    assert run(*CHECK, "--select", "BA0801").code == 0
