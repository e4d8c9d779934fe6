"""Each kind of change of the reference service, judged as its table says."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from archlint.loading import load
from archlint.service.evolution.api_changes import ApiState, api_changes
from tests.service.evolution.edits import EDITS, Edit

REFERENCE = Path(__file__).parents[3] / "fixtures/reference-service"


@pytest.fixture(scope="module")
def base() -> ApiState:
    return load([REFERENCE]).services[0].api


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_an_edit_is_judged_as_the_table_says(edit: Edit, base: ApiState, tmp_path: Path) -> None:
    changes = api_changes(base, edited(edit, tmp_path), date(2026, 10, 1))
    assert {one.change.id for one in changes} == edit.kinds


def test_the_table_has_a_row_for_each_kind_once() -> None:
    names = [edit.name for edit in EDITS]
    assert len(names) == len(set(names)) >= 60


def edited(edit: Edit, root: Path) -> ApiState:
    """The API of the reference service with one text replaced."""
    shutil.copytree(REFERENCE, root / "service")
    file = root / "service/app" / edit.file
    text = file.read_text(encoding="utf-8")
    assert edit.old in text
    file.write_text(f"{edit.needs}\n{text.replace(edit.old, edit.new)}", encoding="utf-8")
    return load([root / "service"]).services[0].api
