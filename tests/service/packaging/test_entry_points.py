from __future__ import annotations

from importlib.metadata import EntryPoint

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from archlint.facts.ini import IniFile
from archlint.facts.toml import TomlFile
from archlint.service.packaging.entry_points import entry_points


def told(value: object) -> list[tuple[str, str, str]]:
    manifest = TomlFile(
        "pyproject.toml", raw_values={"project": {"entry-points": {"shop": {"users": value}}}}
    )
    return list(entry_points(manifest, IniFile("setup.cfg")))


@pytest.mark.parametrize("value", [3, ["shop.users"], {"module": "shop.users"}])
def test_what_is_no_text_is_none(value: object) -> None:
    assert told(value) == []


@given(st.text("ab.: []", max_size=9))
@example("shop.users:init")
@example("shop.users : init [extra]")
@example("shop.users:")
@example("")
def test_those_are_told_that_can_be_loaded(value: str) -> None:
    assert told(value) == ([("shop", "users", value)] if can_be_loaded(value) else [])


def can_be_loaded(value: str) -> bool:
    try:
        return bool(EntryPoint("users", value, "shop").module)
    except (AttributeError, ValueError):
        return False
