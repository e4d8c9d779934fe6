"""What a schema says of its own values, compared: each difference as an aspect of a kind, and in words."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from archlint.service.evolution.levels import KNOWN
from archlint.service.evolution.places import SchemaPlace
from archlint.service.evolution.types import formats_widen, types_widen
from archlint.service.evolution.views import SchemaView
from archlint.service.openapi.json_values import UNKNOWN_KEY

_BOUNDS = (
    ("maximum", "max"),
    ("minimum", "min"),
    ("exclusiveMaximum", "exclusive-max"),
    ("exclusiveMinimum", "exclusive-min"),
    ("maxLength", "max-length"),
    ("minLength", "min-length"),
    ("maxItems", "max-items"),
    ("minItems", "min-items"),
    ("minContains", "min-contains"),
    ("maxContains", "max-contains"),
)


def _types(before: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[tuple[str, str]]:
    old, new = before.types, after.types
    same_format = before.schema.get("format") == after.schema.get("format")
    if old == new and same_format:
        return
    if place.direction == "request" and place.subject == "property" and after.schema.get("readOnly"):
        return  # no client sends it
    said = f"its type went from {_type(before)} to {_type(after)}"
    holds = formats_widen(before.schema, after.schema)
    holds = holds if place.direction == "request" else formats_widen(after.schema, before.schema)
    if old != new and (len(old) > 1 or len(new) > 1) and holds:
        if place.direction == "request":
            narrowed = bool(new) and bool(_lost(old, new))
        else:
            narrowed = bool(new) and not (old and _lost(new, old))
        yield ("list-of-types-narrowed" if narrowed else "list-of-types-widened"), said
        return
    grows = types_widen(old, new, loose=place.loose) and formats_widen(before.schema, after.schema)
    shrinks = types_widen(new, old, loose=place.loose) and formats_widen(after.schema, before.schema)
    if (
        place.loose
        and place.subject in {"body", "property", "header"}
        and old
        and new
        and _swaps(old, new, place)
    ):
        yield "type-compatible", said
        return
    if place.direction == "request":
        yield ("type-generalized" if grows else _specialized(place)), said
    elif shrinks:
        yield "type-specialized", said
    else:
        yield ("type-generalized" if grows and old != new else "type-changed"), said


def _lost(old: frozenset[str], new: frozenset[str]) -> frozenset[str]:
    """The types of which the new ones do not hold all values: a number may be an integer."""
    return old - new - ({"integer"} if "number" in new else set())


def _swaps(old: frozenset[str], new: frozenset[str], place: SchemaPlace) -> bool:
    """Whether one of the types is text, which in a text stands for every other."""
    text = new if place.direction == "request" else old
    return old != new and text == {"string"}


def _specialized(place: SchemaPlace) -> str:
    return "type-specialized" if place.subject == "parameter-property" else "type-changed"


def _type(one: SchemaView) -> str:
    kinds = "|".join(sorted(one.types)) or "any"
    form = one.schema.get("format")
    return f"`{kinds} ({form})`" if form else f"`{kinds}`"


_TYPED = frozenset(["type", "enum", "const", "anyOf", "oneOf", "allOf", "not", "$ref"])


def _nullability(before: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[tuple[str, str]]:
    if any(side.schema.keys().isdisjoint(_TYPED) for side in (before, after)):
        return  # where nothing is said of the values, null is one as well
    if before.nullable != after.nullable:
        yield (
            ("became-nullable", "it may be null now")
            if after.nullable
            else ("became-not-nullable", "null is no value of it any more")
        )


def _bounds(before: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[tuple[str, str]]:
    for key, aspect in _BOUNDS:
        old, new = before.schema.get(key), after.schema.get(key)
        if old == new or isinstance(old, bool) or isinstance(new, bool):
            continue
        if old is None:
            yield f"{aspect}-set", f"`{key}` was set to {new}"
        elif new is None:
            yield f"{aspect}-unset", f"`{key}` {old} was dropped"
        else:
            verb = "increased" if new > old else "decreased"
            read_only = (
                place.subject == "property" and after.schema.get("readOnly") and place.direction == "request"
            )
            prefix = f"=request-read-only-property-{aspect}-{verb}"
            known = read_only and prefix.removeprefix("=") in KNOWN
            yield (prefix if known else f"{aspect}-{verb}"), f"`{key}` went from {old} to {new}"


def _patterns(before: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[tuple[str, str]]:
    old, new = before.schema.get("pattern"), after.schema.get("pattern")
    if old == new:
        return
    if old is None:
        yield "pattern-added", f"the pattern `{new}` was added"
    elif new is None:
        yield "pattern-removed", f"the pattern `{old}` was dropped"
    else:
        wide = new in {".*", "^.*$"} and place.direction == "request"
        yield (
            ("pattern-generalized" if wide else "pattern-changed"),
            f"the pattern went from `{old}` to `{new}`",
        )


def _values(before: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[tuple[str, str]]:
    """Enumerations and constants."""
    old, new = before.schema.get("enum"), after.schema.get("enum")
    if old is None and new is not None and "const" not in before.schema:
        yield "became-enum", "only some values are allowed now"
    elif old is not None and new is not None:
        for value in [value for value in old if value not in new]:
            yield _enum_aspect(after, place, "removed"), f"{shown(value)} is no value any more"
        for value in [value for value in new if value not in old]:
            yield _enum_aspect(after, place, "added"), f"{shown(value)} is a new value"
    first, second = before.schema.get("const", _NOTHING), after.schema.get("const", _NOTHING)
    if first is not second and first != second and (old is None) == (new is None):
        verb = "added" if first is _NOTHING else "removed" if second is _NOTHING else "changed"
        yield f"const-{verb}", f"its constant value was {verb}"


_NOTHING = object()


def _enum_aspect(after: SchemaView, place: SchemaPlace, verb: str) -> str:
    if (
        place.subject == "property"
        and place.direction == "request"
        and verb == "removed"
        and after.schema.get("readOnly")
    ):
        return "=request-read-only-property-enum-value-removed"
    if (
        place.subject == "property"
        and place.direction == "response"
        and verb == "added"
        and after.schema.get("writeOnly")
    ):
        return "=response-write-only-property-enum-value-added"
    return f"enum-value-{verb}"


def _defaults(before: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[tuple[str, str]]:
    old, new = before.schema.get("default"), after.schema.get("default")
    if old == new and isinstance(old, bool) == isinstance(new, bool):
        return
    if _is_untold(old) or _is_untold(new):
        return
    verb = "added" if old is None else "removed" if new is None else "changed"
    said = {"added": f"{shown(new)} is its default now", "removed": f"its default {shown(old)} was dropped"}
    yield f"default-value-{verb}", said.get(verb, f"its default went from {shown(old)} to {shown(new)}")


def _is_untold(value: Any) -> bool:
    return isinstance(value, dict) and UNKNOWN_KEY in value


def _media(before: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[tuple[str, str]]:
    for key, aspect in (("contentMediaType", "content-media-type"), ("contentEncoding", "content-encoding")):
        old, new = before.schema.get(key), after.schema.get(key)
        if old != new:
            yield f"{aspect}-changed", f"`{key}` went from {shown(old)} to {shown(new)}"
    was, now = bool(before.schema.get("deprecated")), bool(after.schema.get("deprecated"))
    if was != now:
        dated = "-with-sunset" if after.schema.get("x-sunset") else ""
        yield (
            (f"deprecated{dated}" if now else "reactivated"),
            f"it is {'' if now else 'no longer '}deprecated",
        )


def _discriminators(before: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[tuple[str, str]]:
    old, new = before.schema.get("discriminator"), after.schema.get("discriminator")
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            verb = "added" if old is None else "removed"
            yield f"discriminator-{verb}", f"its discriminator was {verb}"
        return
    if old.get("propertyName") != new.get("propertyName"):
        yield (
            "discriminator-property-name-changed",
            f"it is told apart by {shown(new.get('propertyName'))} now",
        )
    first, second = old.get("mapping") or {}, new.get("mapping") or {}
    for key in [key for key in second if key not in first]:
        yield "discriminator-mapping-added", f"{shown(key)} is a new kind"
    for key in [key for key in first if key not in second]:
        yield "discriminator-mapping-deleted", f"{shown(key)} is no kind any more"
    for key in [key for key in second if key in first and first[key] != second[key]]:
        yield "discriminator-mapping-changed", f"{shown(key)} stands for another schema"


def shown(value: Any) -> str:
    """A value as a message writes it."""
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value, sort_keys=True)}`"


ASPECTS: tuple[Callable[[SchemaView, SchemaView, SchemaPlace], Iterator[tuple[str, str]]], ...] = (
    _types,
    _nullability,
    _bounds,
    _patterns,
    _values,
    _defaults,
    _media,
    _discriminators,
)
"""Each gives the rest of a kind's identifier behind direction and subject, or the whole behind a `=`."""
