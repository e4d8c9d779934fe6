"""Findings that follow from findings of other rules: only where there are such, with the fields asked for."""

from __future__ import annotations

from pathlib import Path

from archlint.causes import causes
from archlint.engine import run
from archlint.findings import Finding
from archlint.loading import Request
from archlint.selectors import Selection
from tests.cli.command_line import write

JOB = """\
import sqlalchemy as sa


def outdated():
    return sa.delete(object)
"""
SERVICE = {
    "pyproject.toml": '[project]\nname = "app"\nversion = "1"\n',
    "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    "app/routers/users.py": JOB,
    "app/dependencies/users.py": JOB,
}


def found(folder: Path, *codes: str) -> tuple[Finding, ...]:
    write(folder, SERVICE)
    return run(Request((folder,), Selection(select=codes))).findings


def test_queries_in_wrong_places_follow_from_the_directory_that_is_missing(tmp_path: Path) -> None:
    (cause,) = causes(found(tmp_path, "BA0501", "BA0505"))
    assert cause.link.text == "No `crud/` directory"
    assert sorted(one.code for one in cause.members) == ["BA0501", "BA0505", "BA0505"]


def test_nothing_follows_from_what_was_not_found(tmp_path: Path) -> None:
    findings = found(tmp_path, "BA0505")
    assert [one.code for one in findings] == ["BA0505", "BA0505"]
    assert causes(findings) == ()


def test_a_directory_of_another_layer_is_no_reason(tmp_path: Path) -> None:
    write(tmp_path, {"app/crud/users.py": JOB})
    findings = found(tmp_path, "BA0501", "BA0505")
    assert {one.code for one in findings} == {"BA0501", "BA0505"}
    assert causes(findings) == ()
