"""Which loose fields are open by nature, so that no model could name their keys."""

import pytest

from archlint.service.api.looseness import is_open_by_nature, loose_part
from archlint.service.interpreter.types import Type

DICT = Type("builtins.dict", (Type("builtins.str"), Type("typing.Any")))


@pytest.mark.parametrize("name", ["collections.Counter", "pydantic.conlist", "collections.abc.Callable"])
def test_what_says_what_it_holds_is_not_loose(name: str) -> None:
    assert loose_part(Type(name)) is None


@pytest.mark.parametrize(
    "name", ["builtins.list", "builtins.frozenset", "collections.deque", "collections.abc.Mapping"]
)
def test_a_container_of_who_knows_what_is_loose(name: str) -> None:
    assert loose_part(Type(name)) == Type(name)
    assert loose_part(Type(name, (Type("builtins.str"),))) is None


@pytest.mark.parametrize(
    "name", ["data", "metals", "metadata_source", "schemas", "old", "value", "my-metadata"]
)
def test_other_names_are_not_open(name: str) -> None:
    assert not is_open_by_nature(name, DICT)


@pytest.mark.parametrize(
    "found",
    [Type("typing.Any"), Type("builtins.list"), Type("typing.Union", (DICT, Type("builtins.list")))],
    ids=["anything", "list", "mapping or list"],
)
def test_what_is_no_mapping_is_not_open(found: Type) -> None:
    assert not is_open_by_nature("metadata", found)


@pytest.mark.parametrize(
    "name", ["metadata", "user_metadata", "metadata_", "schema_", "json_schema", "old_values"]
)
@pytest.mark.parametrize("found", [DICT, Type("typing.Union", (DICT, Type("builtins.NoneType")))])
def test_mappings_of_such_names_are_open(name: str, found: Type) -> None:
    assert is_open_by_nature(name, found)
