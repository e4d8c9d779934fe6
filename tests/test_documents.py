"""The one door to documents: what must not be read comes first."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from archlint import documents
from archlint.discover import Repository
from archlint.documents import Document

FORMS: dict[str, Callable[[Repository, str], Document]] = {
    "Dockerfile": documents.dockerfile,
    ".env": documents.dotenv,
    "tox.ini": documents.ini,
    "openapi.json": documents.json,
    "uv.toml": documents.toml,
    "compose.yaml": documents.yaml,
}


def repository(folder: Path, *files: str) -> Repository:
    return Repository(folder, files, None)


@pytest.mark.parametrize("path", FORMS)
def test_a_file_that_is_not_listed_is_not_read_though_it_lies_there(path: str, tmp_path: Path) -> None:
    (tmp_path / path).write_text("x = 1\n")
    read = FORMS[path](repository(tmp_path), path)
    assert [problem.why for problem in read.problems] == ["there is no such file"]
    assert documents.content(repository(tmp_path), path) == b""


@pytest.mark.parametrize("path", FORMS)
def test_what_cannot_be_opened_is_a_problem_of_the_same_kind_in_every_form(path: str, tmp_path: Path) -> None:
    read = FORMS[path](repository(tmp_path, path), path)
    (problem,) = read.problems
    assert (read.path, problem.location.file, problem.why) == (path, path, "No such file or directory")
    assert documents.problem(repository(tmp_path, path), path) == problem


@pytest.mark.parametrize("path", [path for path in FORMS if path != "Dockerfile"])
def test_what_is_not_in_its_form_has_its_place(path: str, tmp_path: Path) -> None:
    (tmp_path / path).write_bytes(b"[x]\n: {\xff\n")
    (problem,) = FORMS[path](repository(tmp_path, path), path).problems
    assert problem.location.file == path and problem.why
    assert documents.problem(repository(tmp_path, path), path) is None


def test_an_unchanged_document_is_parsed_once(tmp_path: Path) -> None:
    (tmp_path / "uv.toml").write_text("x = 1\n")
    once = repository(tmp_path, "uv.toml")
    assert documents.toml(once, "uv.toml") is documents.toml(once, "uv.toml")
    (tmp_path / "uv.toml").write_text("x = 2\n")
    assert documents.toml(once, "uv.toml").get("x") == 2


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_tells_the_encoding_of_a_text(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_bytes("alembic==1.14\r\nfastapi\r\n".encode(encoding))
    found = documents.text(repository(tmp_path, "requirements.txt"), "requirements.txt")
    assert found == "alembic==1.14\nfastapi\n"
