"""What changed between two schemas, in the direction in which their values travel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from archlint.service.evolution.aspects import ASPECTS, shown
from archlint.service.evolution.change import Direction
from archlint.service.evolution.levels import KNOWN
from archlint.service.evolution.places import Found, SchemaPlace
from archlint.service.evolution.views import Json, SchemaView, refers, view
from archlint.service.openapi.json_values import UNKNOWN_KEY

_APPLICATORS = (
    ("propertyNames", "property-names"),
    ("contentSchema", "content-schema"),
    ("contains", "contains"),
    ("if", "if"),
    ("then", "then"),
    ("else", "else"),
    ("unevaluatedItems", "unevaluated-items"),
    ("unevaluatedProperties", "unevaluated-properties"),
    ("not", "not"),
)
_ANNOTATIONS = frozenset(
    ["title", "description", "example", "examples", "deprecated", "externalDocs", "xml", "$comment"]
)
_KEYED = (
    ("patternProperties", "pattern-property"),
    ("dependentSchemas", "dependent-schema"),
    ("dependentRequired", "dependent-required"),
)
_MAX_DEPTH = 30


@dataclass(slots=True)
class SchemaComparison:
    """Compares the schemas of two documents; each pair of components once for each direction."""

    base: Json
    head: Json
    _known: dict[tuple[str, str, Direction, str], tuple[Found, ...]] = field(default_factory=dict)

    def changes(self, base: Any, head: Any, place: SchemaPlace, depth: int = 0) -> tuple[Found, ...]:
        """What changed from one schema to the other."""
        before, after = view(base, self.base), view(head, self.head)
        untold = UNKNOWN_KEY in before.schema or UNKNOWN_KEY in after.schema
        if untold or depth > _MAX_DEPTH or (base == head and not refers(base)):
            return ()
        if not before.name or before.name != after.name:
            return tuple(self._between(before, after, place.inside(after.name, before.name), depth))
        key = (before.name, after.name, place.direction, "" if place.subject == "body" else "property")
        if key not in self._known:
            self._known[key] = ()
            inner = place.inside(after.name, before.name)
            self._known[key] = tuple(self._between(before, after, inner, depth))
        return self._known[key]

    def _between(
        self, before: SchemaView, after: SchemaView, place: SchemaPlace, depth: int
    ) -> Iterator[Found]:
        for compare in ASPECTS:
            for aspect, text in compare(before, after, place):
                yield from _found(place, aspect, text)
        yield from self._unions(before, after, place, depth)
        yield from self._properties(before, after, place, depth)
        yield from self._containers(before, after, place, depth)

    def _properties(
        self, before: SchemaView, after: SchemaView, place: SchemaPlace, depth: int
    ) -> Iterator[Found]:
        old, new = before.schema.get("properties") or {}, after.schema.get("properties") or {}
        for name in [name for name in old if name not in new]:
            yield from _removed(name, view(old[name], self.base), before, place)
        for name in [name for name in new if name not in old]:
            yield from _added(name, view(new[name], self.head), after, place)
        for name in [name for name in new if name in old]:
            inner = place.inner(name)
            previous, current = view(old[name], self.base), view(new[name], self.head)
            for aspect, text in _requirement(name, before, after, (previous, current), place):
                yield from _found(inner, aspect, text)
            yield from _access(inner, previous, current, name in after.required)
            yield from self.changes(old[name], new[name], inner, depth + 1)

    def _containers(
        self, before: SchemaView, after: SchemaView, place: SchemaPlace, depth: int
    ) -> Iterator[Found]:
        for key, step in (("items", "items"), ("additionalProperties", "*")):
            old, new = before.schema.get(key), after.schema.get(key)
            if isinstance(old, dict) and isinstance(new, dict):
                yield from self.changes(old, new, place.inner(step), depth + 1)
        for key, aspect in _APPLICATORS:
            old, new = before.schema.get(key), after.schema.get(key)
            if (old is None) != (new is None):
                verb = "added" if old is None else "removed"
                yield from _found(place, f"{aspect}-{verb}", f"`{key}` was {verb}")
            elif isinstance(old, dict) and isinstance(new, dict):
                yield from self.changes(old, new, place.inner(key), depth + 1)
        for key, aspect in _KEYED:
            yield from self._keyed(key, aspect, before, after, place, depth)
        first, second = before.schema.get("prefixItems") or [], after.schema.get("prefixItems") or []
        if len(first) != len(second):
            verb = "added" if len(second) > len(first) else "removed"
            yield from _found(
                place, f"prefix-items-{verb}", f"it has {len(second)} leading items, not {len(first)}"
            )
        for index, (one, other) in enumerate(zip(first, second, strict=False)):
            yield from self.changes(one, other, place.inner(str(index)), depth + 1)

    def _keyed(
        self, key: str, aspect: str, before: SchemaView, after: SchemaView, place: SchemaPlace, depth: int
    ) -> Iterator[Found]:
        """What is told for some names alone."""
        old, new = before.schema.get(key) or {}, after.schema.get(key) or {}
        for name in [name for name in (*old, *new) if (name in old) != (name in new)]:
            verb = "added" if name in new else "removed"
            yield from _found(place, f"{aspect}-{verb}", f"`{key}` for {shown(name)} was {verb}")
        for name in [name for name in new if name in old]:
            if isinstance(new[name], dict):
                yield from self.changes(old[name], new[name], place.inner(name), depth + 1)
            elif old[name] != new[name]:
                yield from _found(place, f"{aspect}-changed", f"`{key}` for {shown(name)} changed")

    def _unions(
        self, before: SchemaView, after: SchemaView, place: SchemaPlace, depth: int
    ) -> Iterator[Found]:
        """The members of `anyOf`, `oneOf` and `allOf`: those of one name or content are the same one."""
        for key, aspect in (("anyOf", "any-of"), ("oneOf", "one-of"), ("allOf", "all-of")):
            old = {_identity(member): member for member in before.schema.get(key) or ()}
            new = {_identity(member): member for member in after.schema.get(key) or ()}
            gone, come = [k for k in old if k not in new], [k for k in new if k not in old]
            if key == "allOf":
                for keys, members, verb in ((gone, old, "removed"), (come, new, "added")):
                    for name in [k for k in keys if _only_annotates(members[k])]:
                        keys.remove(name)
                        aspect_ = f"all-of-{verb}-annotation-only"
                        yield from _found(place, aspect_, f"a schema that constrains nothing was {verb}")
            if come and not (len(gone) == len(come) == 1 and _is_inline(old[gone[0]], new[come[0]])):
                yield from _found(place, f"{aspect}-added", f"{_names(come)} came to its alternatives")
            if gone and not (len(gone) == len(come) == 1 and _is_inline(old[gone[0]], new[come[0]])):
                yield from _found(place, f"{aspect}-removed", f"{_names(gone)} left its alternatives")
            if len(gone) == len(come) == 1 and _is_inline(old[gone[0]], new[come[0]]):
                yield from self.changes(old[gone[0]], new[come[0]], place, depth + 1)
            for name in [name for name in new if name in old]:
                yield from self.changes(old[name], new[name], place, depth + 1)


def _found(place: SchemaPlace, aspect: str, text: str) -> Iterator[Found]:
    identifier = aspect.removeprefix("=") if aspect.startswith("=") else _identifier(place, aspect)
    if identifier in KNOWN:
        yield Found(identifier, f"{place.shown}: {text}", place)


def _identifier(place: SchemaPlace, aspect: str) -> str:
    return f"{place.direction}-{place.subject}-{aspect}"


def _requirement(
    name: str,
    before: SchemaView,
    after: SchemaView,
    properties: tuple[SchemaView, SchemaView],
    place: SchemaPlace,
) -> Iterator[tuple[str, str]]:
    was, now = name in before.required, name in after.required
    if was == now:
        return
    current = properties[1]
    if place.direction == "request":
        if now and current.schema.get("readOnly"):
            return
        with_default = now and "default" in current.schema
        became = "became-required-with-default" if with_default else "became-required"
    else:
        became = "became-required"
    hidden = place.direction == "response" and any(one.schema.get("writeOnly") for one in properties)
    said = "it is required now" if now else "it may be missing now"
    if hidden:
        yield f"=response-write-only-property-became-{'required' if now else 'optional'}", said
    else:
        yield (became if now else "became-optional"), said


def _removed(name: str, old: SchemaView, before: SchemaView, place: SchemaPlace) -> Iterator[Found]:
    inner = place.inner(name)
    if place.direction == "request":
        if not old.schema.get("readOnly"):
            yield from _found(inner, "removed", "it was removed")
        return
    need = "required" if name in before.required else "optional"
    only = "-write-only" if old.schema.get("writeOnly") else ""
    yield from _found(inner, f"=response-{need}{only}-property-removed", "it was removed")


def _added(name: str, new: SchemaView, after: SchemaView, place: SchemaPlace) -> Iterator[Found]:
    inner = place.inner(name)
    required = name in after.required
    if place.direction == "response":
        only = "-write-only" if new.schema.get("writeOnly") else ""
        need = "required" if required else "optional"
        yield from _found(inner, f"=response-{need}{only}-property-added", "it is new")
    elif not new.schema.get("readOnly"):
        default = "-with-default" if required and "default" in new.schema else ""
        need = "required" if required else "optional"
        said = "it is new and required" if required else "it is new"
        yield from _found(inner, f"=new-{need}-request-property{default}", said)


def _access(place: SchemaPlace, before: SchemaView, after: SchemaView, required: bool) -> Iterator[Found]:
    """What became only readable, or only writable, or ceased to be so."""
    need = "required" if required else "optional"
    for key, aspect in (("readOnly", "read-only"), ("writeOnly", "write-only")):
        was, now = bool(before.schema.get(key)), bool(after.schema.get(key))
        if was != now and place.subject == "property":
            not_ = "" if now else "not-"
            said = f"it is {aspect} now" if now else f"it is no longer {aspect}"
            yield from _found(place, f"={place.direction}-{need}-property-became-{not_}{aspect}", said)


def _only_annotates(member: Any) -> bool:
    return isinstance(member, dict) and member.keys() <= _ANNOTATIONS


def _identity(member: Any) -> str:
    reference = member.get("$ref") if isinstance(member, dict) else None
    return reference if isinstance(reference, str) else json.dumps(member, sort_keys=True)


def _is_inline(old: Any, new: Any) -> bool:
    return not any(isinstance(member, dict) and "$ref" in member for member in (old, new))


def _names(keys: list[str]) -> str:
    return ", ".join(f"`{key.rpartition('/')[2] if key.startswith('#/') else key}`" for key in keys)
