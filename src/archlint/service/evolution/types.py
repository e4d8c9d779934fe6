"""Which types and formats hold all values of which others."""

from __future__ import annotations

from archlint.service.evolution.views import Json

_WIDER_FORMATS = {
    "number": {("float", "double")},
    "integer": {("int32", "int64"), ("int32", "bigint"), ("int64", "bigint")},
    "string": {("date", "date-time"), ("time", "date-time")},
}


def types_widen(old: frozenset[str], new: frozenset[str], *, loose: bool) -> bool:
    """Whether each value of the old type is one of the new; in a text every number is a string, too."""
    if old == new or not new:
        return True
    if not old:
        return False
    if all(kind in new or (kind == "integer" and "number" in new) for kind in old):
        return True
    return loose and new == {"string"}


def formats_widen(old: Json, new: Json) -> bool:
    """Whether each value of the old format is one of the new."""
    before, after = old.get("format"), new.get("format")
    if before == after or not after:
        return True
    kind = new.get("type")
    return isinstance(kind, str) and (before, after) in _WIDER_FORMATS.get(kind, ())
