"""Schema objects of plain parts, and how Pydantic writes their names."""

from __future__ import annotations

from inspect import cleandoc
from typing import Any, Literal, TypeAlias

from archlint.facts.syntax import ClassDef
from archlint.facts.traversal import docstring
from archlint.service.interpreter.types import CREATE_MODEL, LITERAL, NONE, UNION, UNKNOWN, Type
from archlint.service.interpreter.values import Member
from archlint.service.openapi.json_values import JSONSchema, json_value


def object_of(properties: dict[str, JSONSchema], required: list[str]) -> JSONSchema:
    """An object with these properties."""
    return {"type": "object", "properties": properties, **({"required": required} if required else {})}


def any_of(schemas: list[JSONSchema]) -> JSONSchema:
    """One of several schemas, each once."""
    flat = [m for s in schemas for m in (s["anyOf"] if len(s) == 1 and "anyOf" in s else (s,))]
    once = _distinct(flat)
    return once[0] if len(once) == 1 else {"anyOf": once}


def _distinct(schemas: list[JSONSchema]) -> list[JSONSchema]:
    return [schema for index, schema in enumerate(schemas) if schema not in schemas[:index]]


_JSON_TYPES = {str: "string", int: "integer", float: "number", bool: "boolean", list: "array"}


def typed(values: list[Any]) -> JSONSchema:
    """An enumeration of values, with their type where they share one."""
    kinds = {type(value) for value in values}
    name = _JSON_TYPES.get(kinds.pop()) if len(kinds) == 1 else None
    return {"type": name} if name else {}


Spelling: TypeAlias = Literal["plain", "doubled", "bare"]
"""How a single value is told: before Pydantic 2.10 as an enumeration too, before 2.7 without its type."""


def literal(values: list[Any], *, spelling: Spelling) -> JSONSchema:
    """`Literal[…]`."""
    if values == [None]:
        return {"const": None, "type": "null"}
    if spelling == "bare" and len(values) == 1:
        return {"const": values[0]}
    several = {"enum": values} if len(values) > 1 or spelling == "doubled" else {}
    return {**({"const": values[0]} if len(values) == 1 else {}), **several, **typed(values)}


def enumeration(found: Type, members: list[Member], *, spelling: Spelling) -> JSONSchema:
    """An `Enum` of the service."""
    values = _distinct([json_value(member.value) for member in members])
    node = found.symbol.node if found.symbol is not None else None
    words = docstring(node.body) if isinstance(node, ClassDef) else None
    schema: JSONSchema = {"title": display(found)}
    if len(values) != 1 or spelling != "bare":
        schema |= {"enum": values, **typed(values)}
    if len(values) == 1 and spelling != "plain":
        schema["const"] = values[0]
    return schema | ({"description": cleandoc(words)} if words else {})


def tag_name(tag: Any) -> str:
    """A discriminator's value as a key of its mapping."""
    if isinstance(tag, bool):
        return str(tag).lower()
    return "null" if tag is None else str(tag)


def display(found: Type, comma: str = ", ") -> str:
    """The name of a class as Python shows it, a generic one's arguments in brackets."""
    if found.name == UNION:
        return f"Union[{', '.join(map(display, found.args))}]"
    if found == NONE:
        return "NoneType"
    name = found.name.rpartition(".")[2] or "Any"
    if found.name == LITERAL:
        return f"Literal[{', '.join(found.values)}]"
    return f"{name}[{comma.join(map(display, found.args))}]" if found.args else name


def path_of(found: Type) -> str:
    """The same with modules in the names."""
    if found.name == UNION:
        return f"typing.Union[{','.join(map(path_of, found.args))}]"
    name = "builtins.NoneType" if found == NONE else found.name
    return f"{name}[{','.join(map(path_of, found.args))}]" if found.args else name


def why_unknown(found: Type) -> str:
    """Why a type has no schema."""
    if found == UNKNOWN:
        return "its type is not one that the source tells"
    if found.name == CREATE_MODEL:
        return "it is a model that `create_model` makes when the service starts"
    return f"`{found}` is a type whose schema archlint does not know"


def mapping_of(keys: JSONSchema, values: JSONSchema, *, tells_open: bool, tells_names: bool) -> JSONSchema:
    """The schema of a dict.

    `tells_open` is whether one of anything says so, `tells_names` whether it says what its keys are.
    """
    pattern = keys.pop("pattern", None) if "$ref" not in keys else None
    values.pop("title", None)
    keys.pop("title", None)
    schema: JSONSchema = {"type": "object"}
    if pattern is not None:
        schema["patternProperties"] = {pattern: values}
    elif values or tells_open:
        schema["additionalProperties"] = values or True
    if not tells_names:
        return schema
    if "$ref" in keys or (keys.get("type") == "string" and len(keys) > 1):
        schema["propertyNames"] = {k: v for k, v in keys.items() if k != "type"}
    return schema
