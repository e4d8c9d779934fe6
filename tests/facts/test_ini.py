from __future__ import annotations

import configparser

import pytest

from archlint.facts.ini import IniFile, read_ini
from archlint.findings import Location

TEXT = """\
; a comment
[DEFAULT]
root = base

[alembic]
# script_location = commented out
script_location = %(here)s/%(root)s/migrations
  continued: not an option
Version_Locations: a b

[loggers]
keys = root
"""


def read(text: str) -> IniFile:
    file = read_ini("alembic.ini", text.encode())
    assert not file.problems
    return file


def test_values_are_filled_in_as_alembic_fills_them_in() -> None:
    value = read(TEXT).get("alembic", "script_location", {"here": "srv"})
    assert value == "srv/base/migrations\ncontinued: not an option"


def test_what_is_absent_is_none() -> None:
    assert read(TEXT).get("alembic", "prepend_sys_path", {}) is None
    assert read(TEXT).get("other", "script_location", {}) is None


def test_an_interpolation_of_an_unknown_name_raises() -> None:
    with pytest.raises(configparser.Error):
        read(TEXT).get("alembic", "script_location", {})


@pytest.mark.parametrize(
    ("section", "option", "line", "end_column"),
    [
        ("alembic", "script_location", 7, 47),
        ("alembic", "version_locations", 9, 23),
        ("alembic", None, 5, 10),
        ("alembic", "absent", 5, 10),
        ("loggers", "keys", 12, 12),
        ("nowhere", None, 1, 1),
    ],
)
def test_places(section: str, option: str | None, line: int, end_column: int) -> None:
    assert read(TEXT).location(section, option) == Location("alembic.ini", line, 1, line, end_column)


@pytest.mark.parametrize(
    ("data", "line"), [(b"x = 1\n", 1), (b"[a]\nb = \xff\n", 2), (b"[a]\nb = 1\nno sign here\n", 3)]
)
def test_what_is_no_ini_file_is_unknown_with_its_place(data: bytes, line: int) -> None:
    (unknown,) = read_ini("alembic.ini", data).problems
    assert unknown.location.line == line
