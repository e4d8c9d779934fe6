"""`archlint diff` as a user meets it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

REFERENCE = Path(__file__).parents[2] / "fixtures/reference-service"
_V2 = "    app.include_router(v2.router, prefix=settings.api_prefix)\n"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    root = tmp_path / "desk"
    shutil.copytree(REFERENCE, root)
    git(root, "init", "-b", "main")
    commit(root)
    return root


class TestWhatNeedsNobodysAttention:
    def test_nothing_changed(self, checkout: Path) -> None:
        answer = archlint(checkout, "diff", "main")
        assert (answer.returncode, answer.stderr) == (0, "")
        assert answer.stdout == "The API did not change from main to the working tree\n"

    def test_a_pattern_of_the_commits_configuration_that_matches_nothing(self, checkout: Path) -> None:
        own = checkout / "archlint.toml"
        own.write_text("exclude = ['gone/']\n", encoding="utf-8")
        commit(checkout)
        assert "matches no file" in archlint(checkout, "diff", "main").stderr
        own.unlink()
        answer = archlint(checkout, "diff", "main")
        assert (answer.returncode, answer.stderr) == (0, "")

    def test_that_its_libraries_were_upgraded_is_no_change_of_an_api(self, checkout: Path) -> None:
        (checkout / "uv.lock").unlink()
        project = checkout / "pyproject.toml"
        newest = project.read_text(encoding="utf-8")
        pins = '\ndependencies = [\n  "fastapi==0.112.4", "pydantic==2.8.2",'
        project.write_text(newest.replace("\ndependencies = [", pins, 1), encoding="utf-8")
        commit(checkout)
        project.write_text(newest, encoding="utf-8")
        answer = archlint(checkout, "diff", "main")
        assert (answer.returncode, answer.stderr) == (0, "")
        assert answer.stdout == "The API did not change from main to the working tree\n"

    def test_a_second_version_beside_the_first_and_the_firsts_deprecation(self, checkout: Path) -> None:
        replace(checkout / "app/main.py", _V2, "")
        replace(checkout / "app/routers/v1/tools.py", "    deprecated=True,\n", "")
        commit(checkout)
        git(checkout, "restore", "--source=HEAD~1", "app")
        answer = archlint(checkout, "diff", "main", "--format", "json")
        kinds = {one["id"] for one in json.loads(answer.stdout)["changes"]}
        assert (answer.returncode, kinds) == (0, {"endpoint-added", "endpoint-deprecated-with-sunset"})


class TestWhatBreaksClients:
    @pytest.fixture
    def broken(self, checkout: Path) -> Path:
        replace(checkout / "app/schemas/tools.py", "    shelf: str | None\n", "")
        return checkout

    def test_is_told_with_both_places_and_exit_code_1(self, broken: Path) -> None:
        answer = archlint(broken, "diff", "main")
        assert answer.returncode == 1
        assert (
            "error   `shelf` of ToolRead: it was removed  response-required-property-removed" in answer.stdout
        )
        assert "now app/schemas/tools.py:28:7" in answer.stdout
        assert "was app/schemas/tools.py:35:5 at main" in answer.stdout

    def test_is_told_where_it_was_though_the_model_has_another_name_now(self, broken: Path) -> None:
        for file in (broken / "app").rglob("*.py"):
            file.write_text(file.read_text(encoding="utf-8").replace("ToolRead", "ToolShown"), "utf-8")
        answer = archlint(broken, "diff", "main")
        assert "`shelf` of ToolShown: it was removed" in answer.stdout
        assert "now app/schemas/tools.py:28:7" in answer.stdout
        assert "was app/schemas/tools.py:35:5 at main" in answer.stdout

    @pytest.mark.parametrize("format_", ["markdown", "sarif", "github", "json"])
    def test_is_told_in_every_format(self, broken: Path, format_: str) -> None:
        answer = archlint(broken, "diff", "main", "--format", format_)
        assert answer.returncode == 1
        assert "response-required-property-removed" in answer.stdout

    def test_may_be_let_pass(self, broken: Path) -> None:
        assert archlint(broken, "diff", "main", "--fail-on", "none").returncode == 0

    def test_is_an_error_of_check_against_the_same_commit(self, broken: Path) -> None:
        answer = archlint(broken, "check", "--against", "main", "--select", "BA08")
        assert answer.returncode == 1
        assert "BA0803" in answer.stdout

    def test_is_found_between_documents_too(self, broken: Path, tmp_path: Path) -> None:
        git(broken, "stash")
        archlint(broken, "openapi", "--output-file", str(tmp_path / "old.json"))
        git(broken, "stash", "pop")
        answer = archlint(broken, "diff", str(tmp_path / "old.json"))
        assert "response-required-property-removed" in answer.stdout


class TestWhatCannotBeCompared:
    """One line with what to do, exit code 2: a failed comparison never reads as a clean one."""

    def test_a_ref_that_does_not_exist(self, checkout: Path) -> None:
        assert refused(checkout, "diff", "nowhere").startswith("archlint: error: git knows no commit nowhere")

    def test_no_remote_to_take_the_base_from(self, checkout: Path) -> None:
        assert "`archlint diff HEAD`" in refused(checkout, "diff")
        git(checkout, "switch", "-c", "work")
        assert "`archlint diff main`" in refused(checkout, "diff")

    def test_a_base_that_does_not_parse(self, checkout: Path) -> None:
        replace(checkout / "app/main.py", "app = create_app()", "app = create_app(")
        commit(checkout)
        git(checkout, "restore", "--source=HEAD~1", "app")
        assert "main does not parse, so its API is not known: app/main.py:" in refused(
            checkout, "diff", "main"
        )

    def test_a_file_that_is_no_document(self, checkout: Path) -> None:
        (checkout / "other.json").write_text("{}")
        assert "other.json is no OpenAPI 3 document" in refused(checkout, "diff", "other.json")

    def test_a_folder_without_git(self, tmp_path: Path) -> None:
        shutil.copytree(REFERENCE, tmp_path / "desk")
        environment = {"GIT_CEILING_DIRECTORIES": str(tmp_path)}
        assert "is in no git checkout" in refused(tmp_path / "desk", "diff", "main", **environment)


def refused(folder: Path, *arguments: str, **environment: str) -> str:
    answer = archlint(folder, *arguments, **environment)
    assert (answer.returncode, answer.stdout, answer.stderr.count("\n")) == (2, "", 1)
    return answer.stderr


def archlint(folder: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "archlint", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, env={**os.environ, **environment},
    )  # fmt: skip


def replace(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new), encoding="utf-8")


def commit(root: Path) -> None:
    git(root, "add", ".")
    git(root, "-c", "user.name=t", "-c", "user.email=t@example.com", "commit", "-m", "change")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)
