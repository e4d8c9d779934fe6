"""The schemas of libraries' types in `rules/libraries/`, held to Pydantic."""

from __future__ import annotations

import warnings
from importlib import import_module
from typing import Any

import pytest
from pydantic import TypeAdapter
from pydantic.json_schema import GenerateJsonSchema

from archlint.service.semantics.library_names import table


def imported(name: str) -> Any:
    """What a name stands for: `pydantic.conint` is called, as an annotation must."""
    module, _, last = name.rpartition(".")
    if name in {"None", "builtins.NoneType"}:
        return type(None)
    try:
        with warnings.catch_warnings(action="ignore"):
            found = getattr(import_module(module), last)
    except ImportError as error:
        pytest.skip(f"not installed: {error}")
    return found() if last.startswith("con") else found


def schema_of(kind: Any) -> dict[str, Any]:
    with warnings.catch_warnings(action="ignore"):
        return TypeAdapter(kind).json_schema(schema_generator=GenerateJsonSchema)


@pytest.mark.parametrize("name", table("schemas"))
def test_the_schema_is_what_pydantic_makes_of_the_type(name: str) -> None:
    assert table("schemas")[name] == schema_of(imported(name))
