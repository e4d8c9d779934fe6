"""The parameters that fastapi-filter makes of a filter's fields: lists come as one text.

Follows `_list_to_str_fields` and `with_prefix` of `fastapi_filter/base/filter.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from archlint.service.api.pydantic_models import Field, PydanticModels
from archlint.service.interpreter.types import NONE, UNION, Type, Types
from archlint.service.interpreter.values import ExternalObject, Value, settled, text

_TEXT = Type("builtins.str")


class Filter(Struct, frozen=True):
    """A filter that an endpoint takes, and the prefix of its parameters' names, empty for none."""

    model: Type
    prefix: str


def asked_filter(value: Value, types: Types) -> Filter | None:
    """The filter behind `FilterDepends(…)`; None for anything else."""
    if not _is_call(value, "FilterDepends"):
        return None
    given = settled(value.args[0] if value.args else value.keywords.get("Filter"))
    if _is_call(given, "with_prefix") and len(given.args) > 1 and (prefix := text(given.args[0])):
        return Filter(types.of_value(settled(given.args[1])), f"{prefix}__")
    return Filter(types.of_value(given), "")


def filter_fields(asked: Filter, models: PydanticModels) -> Iterator[Field]:
    """The fields as requests give them."""
    for entry in models.model(asked.model).fields:
        named = replace(entry, alias=asked.prefix + entry.alias) if asked.prefix else entry
        yield _as_text(named) if _is_list(entry.type) else named


def _as_text(entry: Field) -> Field:
    """A list as a text with commas; one that may be left out may be null, too."""
    found = _TEXT if entry.required else Type(UNION, (_TEXT, NONE))
    default = settled(entry.default)
    if isinstance(default, list | tuple):
        words = [text(item) for item in default]
        default = ",".join(word for word in words if word is not None)
    return replace(entry, type=replace(found, metadata=entry.type.metadata), default=default)


def _is_list(found: Type) -> bool:
    return [member.name for member in found.members] == ["builtins.list"]


def _is_call(value: Value, name: str) -> bool:
    return isinstance(value, ExternalObject) and value.name in {
        f"fastapi_filter.{name}",
        f"fastapi_filter.base.filter.{name}",
    }
