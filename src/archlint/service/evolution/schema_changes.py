"""What changed between two schemas, in the direction in which their values travel."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from archlint.service.evolution.change import Direction
from archlint.service.evolution.levels import KNOWN
from archlint.service.evolution.types import formats_widen, types_widen
from archlint.service.evolution.views import Json, View, refers, view
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


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schema stands: what the message calls it, and the component and path of names that it is in.

    `subject` is `body`, `property`, `parameter` or `parameter-property`.
    """

    direction: Direction
    subject: str
    label: str
    schema: str = ""
    field: str = ""
    loose: bool = False
    """Whether values are texts, as in a query: there a number is a string, too."""

    def inner(self, name: str) -> Place:
        """The place of a property."""
        path = f"{self.field}/{name}" if self.field else name
        subject = "parameter-property" if self.subject.startswith("parameter") else "property"
        return replace(self, subject=subject, field=path)

    def inside(self, component: str) -> Place:
        """The place of a component's own schema."""
        return replace(self, schema=component, field="") if component else self

    @property
    def shown(self) -> str:
        """What the message calls the thing."""
        where = f" of {self.schema}" if self.schema else f" of the {self.label}"
        return f"`{self.field}`{where}" if self.field else self.schema or f"the {self.label}"


@dataclass(frozen=True, slots=True)
class Found:
    """A change of a schema, before the operations that it reaches are known."""

    id: str
    text: str
    place: Place


@dataclass(slots=True)
class SchemaComparison:
    """Compares the schemas of two documents; each pair of components once for each direction."""

    base: Json
    head: Json
    _known: dict[tuple[str, str, Direction, str], tuple[Found, ...]] = field(default_factory=dict)

    def changes(self, base: Any, head: Any, place: Place, depth: int = 0) -> tuple[Found, ...]:
        """What changed from one schema to the other."""
        before, after = view(base, self.base), view(head, self.head)
        untold = UNKNOWN_KEY in before.schema or UNKNOWN_KEY in after.schema
        if untold or depth > _MAX_DEPTH or (base == head and not refers(base)):
            return ()
        if not before.name or before.name != after.name:
            return tuple(self._between(before, after, place.inside(after.name), depth))
        key = (before.name, after.name, place.direction, "" if place.subject == "body" else "property")
        if key not in self._known:
            self._known[key] = ()
            inner = place.inside(after.name)
            self._known[key] = tuple(self._between(before, after, inner, depth))
        return self._known[key]

    def _between(self, before: View, after: View, place: Place, depth: int) -> Iterator[Found]:
        own: list[Callable[[View, View, Place], Iterator[tuple[str, str]]]] = [
            _types,
            _nullability,
            _bounds,
            _patterns,
            _values,
            _defaults,
            _media,
            _discriminators,
        ]
        for compare in own:
            for aspect, text in compare(before, after, place):
                yield from _found(place, aspect, text)
        yield from self._unions(before, after, place, depth)
        yield from self._properties(before, after, place, depth)
        yield from self._containers(before, after, place, depth)

    def _properties(self, before: View, after: View, place: Place, depth: int) -> Iterator[Found]:
        old, new = before.schema.get("properties") or {}, after.schema.get("properties") or {}
        for name in [name for name in old if name not in new]:
            yield from _removed(name, view(old[name], self.base), before, place)
        for name in [name for name in new if name not in old]:
            yield from _added(name, view(new[name], self.head), after, place)
        for name in [name for name in new if name in old]:
            inner = place.inner(name)
            previous, current = view(old[name], self.base), view(new[name], self.head)
            for aspect, text in _requirement(name, before, after, current, place):
                yield from _found(inner, aspect, text)
            yield from _access(inner, previous, current, name in after.required)
            yield from self.changes(old[name], new[name], inner, depth + 1)

    def _containers(self, before: View, after: View, place: Place, depth: int) -> Iterator[Found]:
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
        self, key: str, aspect: str, before: View, after: View, place: Place, depth: int
    ) -> Iterator[Found]:
        """What is told for some names alone."""
        old, new = before.schema.get(key) or {}, after.schema.get(key) or {}
        for name in [name for name in (*old, *new) if (name in old) != (name in new)]:
            verb = "added" if name in new else "removed"
            yield from _found(place, f"{aspect}-{verb}", f"`{key}` for {_shown(name)} was {verb}")
        for name in [name for name in new if name in old]:
            if isinstance(new[name], dict):
                yield from self.changes(old[name], new[name], place.inner(name), depth + 1)
            elif old[name] != new[name]:
                yield from _found(place, f"{aspect}-changed", f"`{key}` for {_shown(name)} changed")

    def _unions(self, before: View, after: View, place: Place, depth: int) -> Iterator[Found]:
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


def _found(place: Place, aspect: str, text: str) -> Iterator[Found]:
    identifier = aspect.removeprefix("=") if aspect.startswith("=") else _identifier(place, aspect)
    if identifier in KNOWN:
        yield Found(identifier, f"{place.shown}: {text}", place)


def _identifier(place: Place, aspect: str) -> str:
    return f"{place.direction}-{place.subject}-{aspect}"


def _types(before: View, after: View, place: Place) -> Iterator[tuple[str, str]]:
    old, new = before.types, after.types
    same_format = before.schema.get("format") == after.schema.get("format")
    if old == new and same_format:
        return
    said = f"its type went from {_type(before)} to {_type(after)}"
    if old != new and (len(old) > 1 or len(new) > 1):
        narrowed = bool(old - new) if new else False
        yield ("list-of-types-narrowed" if narrowed else "list-of-types-widened"), said
        return
    grows = types_widen(old, new, loose=place.loose) and formats_widen(before.schema, after.schema)
    shrinks = types_widen(new, old, loose=place.loose) and formats_widen(after.schema, before.schema)
    if place.loose and place.subject in {"body", "property"} and old and new and _swaps(old, new, place):
        yield "type-compatible", said
        return
    if place.direction == "request":
        yield ("type-generalized" if grows else _specialized(place)), said
    elif shrinks:
        yield "type-specialized", said
    else:
        yield ("type-generalized" if grows and old != new else "type-changed"), said


def _swaps(old: frozenset[str], new: frozenset[str], place: Place) -> bool:
    """Whether one of the types is text, which in a text stands for every other."""
    text = new if place.direction == "request" else old
    return old != new and text == {"string"}


def _specialized(place: Place) -> str:
    return "type-specialized" if place.subject == "parameter-property" else "type-changed"


def _type(one: View) -> str:
    kinds = "|".join(sorted(one.types)) or "any"
    form = one.schema.get("format")
    return f"`{kinds} ({form})`" if form else f"`{kinds}`"


def _nullability(before: View, after: View, place: Place) -> Iterator[tuple[str, str]]:
    if before.nullable != after.nullable:
        yield (
            ("became-nullable", "it may be null now")
            if after.nullable
            else ("became-not-nullable", "null is no value of it any more")
        )


def _bounds(before: View, after: View, place: Place) -> Iterator[tuple[str, str]]:
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


def _patterns(before: View, after: View, place: Place) -> Iterator[tuple[str, str]]:
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


def _values(before: View, after: View, place: Place) -> Iterator[tuple[str, str]]:
    """Enumerations and constants."""
    old, new = before.schema.get("enum"), after.schema.get("enum")
    if old is None and new is not None and "const" not in before.schema:
        yield "became-enum", "only some values are allowed now"
    elif old is not None and new is not None:
        for value in [value for value in old if value not in new]:
            yield _enum_aspect(after, place, "removed"), f"{_shown(value)} is no value any more"
        for value in [value for value in new if value not in old]:
            yield _enum_aspect(after, place, "added"), f"{_shown(value)} is a new value"
    first, second = before.schema.get("const", _NOTHING), after.schema.get("const", _NOTHING)
    if first is not second and first != second and (old is None) == (new is None):
        verb = "added" if first is _NOTHING else "removed" if second is _NOTHING else "changed"
        yield f"const-{verb}", f"its constant value was {verb}"


_NOTHING = object()


def _enum_aspect(after: View, place: Place, verb: str) -> str:
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


def _defaults(before: View, after: View, place: Place) -> Iterator[tuple[str, str]]:
    old, new = before.schema.get("default"), after.schema.get("default")
    if old == new:
        return
    verb = "added" if old is None else "removed" if new is None else "changed"
    said = {"added": f"{_shown(new)} is its default now", "removed": f"its default {_shown(old)} was dropped"}
    yield f"default-value-{verb}", said.get(verb, f"its default went from {_shown(old)} to {_shown(new)}")


def _media(before: View, after: View, place: Place) -> Iterator[tuple[str, str]]:
    for key, aspect in (("contentMediaType", "content-media-type"), ("contentEncoding", "content-encoding")):
        old, new = before.schema.get(key), after.schema.get(key)
        if old != new:
            yield f"{aspect}-changed", f"`{key}` went from {_shown(old)} to {_shown(new)}"
    was, now = bool(before.schema.get("deprecated")), bool(after.schema.get("deprecated"))
    if was != now:
        dated = "-with-sunset" if after.schema.get("x-sunset") else ""
        yield (
            (f"deprecated{dated}" if now else "reactivated"),
            f"it is {'' if now else 'no longer '}deprecated",
        )


def _discriminators(before: View, after: View, place: Place) -> Iterator[tuple[str, str]]:
    old, new = before.schema.get("discriminator"), after.schema.get("discriminator")
    if not isinstance(old, dict) or not isinstance(new, dict):
        if old != new:
            verb = "added" if old is None else "removed"
            yield f"discriminator-{verb}", f"its discriminator was {verb}"
        return
    if old.get("propertyName") != new.get("propertyName"):
        yield (
            "discriminator-property-name-changed",
            f"it is told apart by {_shown(new.get('propertyName'))} now",
        )
    first, second = old.get("mapping") or {}, new.get("mapping") or {}
    for key in [key for key in second if key not in first]:
        yield "discriminator-mapping-added", f"{_shown(key)} is a new kind"
    for key in [key for key in first if key not in second]:
        yield "discriminator-mapping-deleted", f"{_shown(key)} is no kind any more"
    for key in [key for key in second if key in first and first[key] != second[key]]:
        yield "discriminator-mapping-changed", f"{_shown(key)} stands for another schema"


def _requirement(
    name: str, before: View, after: View, current: View, place: Place
) -> Iterator[tuple[str, str]]:
    was, now = name in before.required, name in after.required
    if was == now:
        return
    if place.direction == "request":
        if now and current.schema.get("readOnly"):
            return
        with_default = now and "default" in current.schema
        became = "became-required-with-default" if with_default else "became-required"
    else:
        became = "became-required"
    hidden = place.direction == "response" and current.schema.get("writeOnly")
    said = "it is required now" if now else "it may be missing now"
    if hidden:
        yield f"=response-write-only-property-became-{'required' if now else 'optional'}", said
    else:
        yield (became if now else "became-optional"), said


def _removed(name: str, old: View, before: View, place: Place) -> Iterator[Found]:
    inner = place.inner(name)
    if place.direction == "request":
        if not old.schema.get("readOnly"):
            yield from _found(inner, "removed", "it was removed")
        return
    need = "required" if name in before.required else "optional"
    only = "-write-only" if old.schema.get("writeOnly") else ""
    yield from _found(inner, f"=response-{need}{only}-property-removed", "it was removed")


def _added(name: str, new: View, after: View, place: Place) -> Iterator[Found]:
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


def _access(place: Place, before: View, after: View, required: bool) -> Iterator[Found]:
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


def _shown(value: Any) -> str:
    return f"`{value}`" if isinstance(value, str) else f"`{json.dumps(value, sort_keys=True)}`"
