"""What counts as a difference of a document is what somebody has taken of it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from archlint import documents, readings
from archlint.discover import Repository
from archlint.document_differences import DocumentDifference
from archlint.facts.dockerfile import read_dockerfile
from archlint.facts.ini import read_ini
from archlint.facts.yaml import read_yaml
from archlint.findings import Location

DOCKERFILE = b"FROM python:3.12\nRUN pip install fastapi\n"
WORKFLOW = b"jobs:\n  test:\n    steps:\n      - run: pytest\n"
PROJECT = b"[project]\nname = 'shop'\n\n[tool.ruff]\nline-length = 99\n"


@pytest.mark.parametrize(
    ("read", "old", "new"),
    [
        (read_dockerfile, DOCKERFILE, b"# edited\n" + DOCKERFILE),
        (read_yaml, WORKFLOW, WORKFLOW.replace(b"    steps", b"    # edited\n    steps")),
        (read_ini, b"[a]\nb = 1\n", b"\n; edited\n[a]\n\nb = 1\n"),
    ],
)
def test_a_comment_is_no_difference(read, old: bytes, new: bytes) -> None:  # type: ignore[no-untyped-def]
    part = readings.view_part("a", read)
    assert not DocumentDifference("a", old, new).is_in(part)
    assert DocumentDifference("a", old, new.replace(b"1", b"2").replace(b"py", b"ru")).is_in(part)


def test_places_move_with_what_they_are_of() -> None:
    part = readings.view_part("a", read_dockerfile)
    moves = DocumentDifference("a", DOCKERFILE, b"# edited\n\n" + DOCKERFILE).moves([part])
    place = read_dockerfile("a", DOCKERFILE).instructions[1].location
    assert moves.of(place) == Location("a", 4, 1, 4, place.end_column)
    assert moves.of(Location("a")) == Location("a")
    assert moves.of(Location("a", 2, 5, 2, 8)) is None


def test_a_table_is_a_part_of_its_own() -> None:
    difference = DocumentDifference("a", PROJECT, PROJECT.replace(b"99", b"88"))
    assert difference.is_in(readings.table_part("a", ("tool", "ruff", "line-length")))
    assert difference.is_in(readings.table_part("a", ()))
    assert not difference.is_in(readings.table_part("a", ("project", "name")))
    assert not difference.is_in(readings.table_part("a", ("tool", "uv")))
    written = DocumentDifference("a", b"[tool]\nuv.a = 1\n", b"[tool.uv]\na = 1\n")
    assert not written.is_in(readings.table_part("a", ("tool", "uv")))


def test_where_a_table_would_be_written_is_a_difference() -> None:
    """A key that is not there is reported at the table that it would be in."""
    difference = DocumentDifference("a", b"[project]\n", b"[project]\n[tool]\n")
    assert difference.is_in(readings.table_part("a", ("tool", "uv")))


def test_readers_are_noticed_with_what_they_take(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_bytes(PROJECT)
    repository = Repository(tmp_path, ("pyproject.toml",), None)
    readings.begin()
    found = documents.toml(repository, "pyproject.toml")
    assert found.get("project", "name") == "shop"
    assert documents.finds(repository, "pyproject.toml", re.compile(rb"ruff"))
    assert documents.problem(repository, "pyproject.toml") is None
    assert "pyproject.toml" not in readings.so_far().documents
    assert readings.table_part("pyproject.toml", ("project", "name")) in readings.so_far().documents
    assert not documents.finds(repository, "absent.toml", re.compile("a"))
    assert all(part.startswith("pyproject.toml\0") for part in readings.so_far().documents)
    assert found.text
    assert "pyproject.toml" in readings.so_far().documents


@pytest.mark.parametrize("pattern", [re.compile(rb"(?i)a\xff"), re.compile("(?m)^ä.*:", re.DOTALL)])
def test_an_expression_is_told_by_its_part(pattern: re.Pattern[bytes] | re.Pattern[str]) -> None:
    assert readings.pattern_of(readings.finding_part("a:b", pattern)) == pattern
    assert readings.pattern_of(readings.table_part("a", ("bytes", "0", "a"))) is None
