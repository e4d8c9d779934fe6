from __future__ import annotations

from importlib import import_module

import pytest

from archlint.service.semantics.library_names import PUBLIC_HOMES, public_name


def test_only_listed_names_are_renamed() -> None:
    assert public_name("fastapi.routing.APIRoute") == "fastapi.routing.APIRoute"
    assert public_name("fastapi.APIRouter") == "fastapi.APIRouter"
    assert public_name("other.routing.APIRouter") == "other.routing.APIRouter"


HOMES = [(public, home) for public, homes in PUBLIC_HOMES.items() for home in homes]
WRAPPED = "sqlalchemy.ext.declarative"
"""Holds deprecated wrappers of the same names instead of the objects."""


@pytest.mark.parametrize(("public", "home"), [pair for pair in HOMES if pair[1] != WRAPPED])
def test_both_modules_hold_the_same_objects(public: str, home: str) -> None:
    try:
        library, other = import_module(public), import_module(home)
    except (ImportError, RuntimeError) as error:
        pytest.skip(f"not installed: {error}")
    for name in PUBLIC_HOMES[public][home].split():
        assert getattr(other, name) is getattr(library, name), name
