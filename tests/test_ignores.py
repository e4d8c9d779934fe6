"""What git ignores, held to git; what Docker leaves out of a build context, by its documentation."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from archlint.discover import Repository
from archlint.ignores import docker_ignores, git_ignores

PATHS = ["uv.lock", "app/uv.lock", "app/a/b.py", "alembic/versions/0001_x.py", "a.txt", "app/a.txt"]
LINES = [
    "*", "*.lock", "/uv.lock", "!uv.lock", "uv.lock/", "app", "app/", "!app/", "app/*", "!app/a", "!app/a/**",
    "**/versions", "alembic/versions/", "!versions", "*.py", "!*.py", "# app", "", "a.txt", "\\#x",
    "alembic/**", "!alembic/versions", "[a-c].txt", "?v.lock", "app/**/b.py", " a.txt",
    "a.txt ", "**/a/*.py",
]  # fmt: skip


def repository(folder: Path, files: dict[str, str]) -> Repository:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return Repository(folder, tuple(sorted(files)), None)


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("ignores")
    subprocess.run(["git", "init", "-q", str(folder)], check=True)
    for path in PATHS:
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
    return folder


@settings(deadline=None, max_examples=60, derandomize=True)
@given(
    above=st.lists(st.sampled_from(LINES), max_size=4),
    inner=st.lists(st.sampled_from(LINES), max_size=3),
    folder=st.sampled_from(["app", "alembic"]),
)
def test_git_says_the_same(checkout: Path, above: list[str], inner: list[str], folder: str) -> None:
    files = {".gitignore": "\n".join(above), f"{folder}/.gitignore": "\n".join(inner)}
    for name in ("app", "alembic"):
        (checkout / name / ".gitignore").unlink(missing_ok=True)
    found = repository(checkout, files)
    asked = subprocess.run(
        ["git", "-C", str(checkout), "check-ignore", "--no-index", "-v", "--stdin"],
        input="\n".join(PATHS), capture_output=True, text=True, check=False,
    )  # fmt: skip
    sources = (line.split("\t") for line in asked.stdout.splitlines())
    ignored = {
        path: ":".join(source.split(":")[:2])
        for source, path in sources
        if not source.split(":")[2].startswith("!")
    }
    said = {path: place for path in PATHS if (place := git_ignores(found, path)) is not None}
    assert {p: f"{place.file}:{place.line}" for p, place in said.items()} == ignored


@pytest.mark.parametrize(
    ("lines", "path", "number"),
    [
        ("*.lock\n", "uv.lock", 1),
        ("*.lock\n", "app/uv.lock", None),
        ("**/*.lock\n", "app/uv.lock", 1),
        ("*\n!uv.lock\n", "uv.lock", None),
        ("*\n!app/uv.lock\n", "app/uv.lock", None),
        ("app\n!app/uv.lock\n", "app/uv.lock", None),
        ("app/\n", "app/uv.lock", 1),
        ("/app\n", "app/uv.lock", 1),
        ("./app\n", "app/uv.lock", 1),
        ("uv.lock\n", "app/uv.lock", None),
        ("# uv.lock\n\nuv.*\n", "uv.lock", 3),
        ("!uv.lock\n*\n", "uv.lock", 2),
        ("*/uv.lock\n", "app/uv.lock", 1),
        ("", "uv.lock", None),
    ],
)
def test_what_docker_leaves_out(tmp_path: Path, lines: str, path: str, number: int | None) -> None:
    found = docker_ignores(repository(tmp_path, {".dockerignore": lines}), ".dockerignore", path)
    assert (found and found.line) == number
