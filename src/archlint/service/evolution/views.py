"""Schemas as they are compared: references followed, `null` told apart from the rest of a type."""

from __future__ import annotations

from typing import Any, TypeAlias

from msgspec import Struct

Json: TypeAlias = dict[str, Any]

_MAX_REFERENCES = 20


class SchemaView(Struct, frozen=True):
    """A schema without its `null`; `name` is the component that it is, empty for one written in place."""

    schema: Json
    nullable: bool
    name: str

    @property
    def types(self) -> frozenset[str]:
        """The JSON types of its values, none where it says nothing."""
        given = self.schema.get("type")
        return frozenset(
            t for t in (given if isinstance(given, list) else [given]) if t not in {None, "null"}
        )

    @property
    def required(self) -> frozenset[str]:
        """The names of the properties that must be there."""
        return frozenset(self.schema.get("required") or ())


def view(schema: Any, document: Json) -> SchemaView:
    """What a schema says, where `document` has the components."""
    name, found = _followed(schema, document)
    nullable = found.get("nullable") is True or _names_null(found.get("type"))
    for _ in range(_MAX_REFERENCES):
        inner, has_null = _without_null(found)
        if inner is None:
            break
        beside = {key: value for key, value in found.items() if key not in {"anyOf", "allOf"}}
        own, target = _followed(inner, document)
        name = own or name
        nullable = nullable or has_null or target.get("nullable") is True or _names_null(target.get("type"))
        found = {**target, **beside}
    return SchemaView(_one_spelling(_listed_types(found)), nullable, name)


def _listed_types(schema: Json) -> Json:
    """The schema with a union of bare types, as `int | str` gives, written as a list of types."""
    for key in ("anyOf", "oneOf"):
        members = schema.get(key)
        bare = isinstance(members, list) and all(_is_bare(member) for member in members)
        if bare and isinstance(members, list) and len(members) > 1 and "discriminator" not in schema:
            rest = {name: value for name, value in schema.items() if name != key}
            return {**rest, "type": [member["type"] for member in members]}
    return schema


def _one_spelling(schema: Json) -> Json:
    """The schema without what FastAPI's versions write in several ways, and no client notices.

    `format: password` asks a form to hide what is typed (OpenAPI 3.1, 4.4.1); binary data is told by its
    format, or by its media type.
    """
    if schema.get("format") == "password":
        return {key: value for key, value in schema.items() if key != "format"}
    if schema.get("format") == "binary" and "contentMediaType" not in schema:
        rest = {key: value for key, value in schema.items() if key != "format"}
        return {**rest, "contentMediaType": "application/octet-stream"}
    return schema


def _is_bare(member: Any) -> bool:
    return isinstance(member, dict) and member.keys() == {"type"} and isinstance(member["type"], str)


def refers(node: Any) -> bool:
    """Whether there is a reference in it, behind which two documents may differ."""
    match node:
        case dict():
            return "$ref" in node or any(map(refers, node.values()))
        case list():
            return any(map(refers, node))
    return False


def followed(node: Any, document: Json) -> Json:
    """The object that a node is or refers to."""
    return _followed(node, document)[1]


def _followed(node: Any, document: Json) -> tuple[str, Json]:
    name = ""
    for _ in range(_MAX_REFERENCES):
        if not isinstance(node, dict):
            return name, {}
        reference = node.get("$ref")
        if not isinstance(reference, str) or not reference.startswith("#/"):
            return name, node
        name = reference.rpartition("/")[2] if "/schemas/" in reference else name
        beside = {key: value for key, value in node.items() if key != "$ref"}
        target = _at(document, reference)
        node = {**target, **beside} if beside and isinstance(target, dict) else target
    return name, {}


def _at(document: Json, reference: str) -> Any:
    node: Any = document
    for step in reference.removeprefix("#/").split("/"):
        key = step.replace("~1", "/").replace("~0", "~")
        node = node.get(key) if isinstance(node, dict) else None
    return node


def _names_null(given: Any) -> bool:
    return isinstance(given, list) and "null" in given and len(given) > 1


def _without_null(schema: Json) -> tuple[Any, bool]:
    """The one schema that `anyOf` beside null, or `allOf` alone, stands for; None where it is neither."""
    members = schema.get("anyOf")
    if isinstance(members, list):
        rest = [member for member in members if member != {"type": "null"}]
        if len(rest) < len(members):
            return (rest[0] if len(rest) == 1 else {"anyOf": rest} if rest else {"type": "null"}), True
        return (rest[0], False) if len(rest) == 1 else (None, False)
    members = schema.get("allOf")
    return (members[0], False) if isinstance(members, list) and len(members) == 1 else (None, False)
