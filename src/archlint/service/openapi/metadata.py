"""What `Annotated`, `Field(…)`, `Query(…)` and their like add to a type's schema, as Pydantic applies it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archlint.service.interpreter.values import ExternalObject, Value, settled, text, truth
from archlint.service.openapi.json_values import JSONSchema, UntoldValue, json_value

_INFORMATION = frozenset(
    {"Field", "Query", "Path", "Header", "Cookie", "Body", "Form", "File", "computed_field", "field"}
)
_TYPED = {
    "Gt": "gt",
    "Ge": "ge",
    "Lt": "lt",
    "Le": "le",
    "MultipleOf": "multiple_of",
    "MinLen": "min_length",
    "MaxLen": "max_length",
}
_CONSTRAINTS = ("gt", "ge", "lt", "le", "multiple_of", "min_length", "max_length", "pattern")
_OLD_NAMES = {"regex": "pattern", "min_items": "min_length", "max_items": "max_length"}
_NUMERIC = {
    "multiple_of": "multipleOf",
    "le": "maximum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "gt": "exclusiveMinimum",
}
_LENGTHS = {
    "string": {"min_length": "minLength", "max_length": "maxLength", "pattern": "pattern"},
    "array": {"min_length": "minItems", "max_length": "maxItems"},
    "object": {"min_length": "minProperties", "max_length": "maxProperties"},
}
_TEMPORAL = frozenset({"date", "date-time", "time", "duration"})


_KNOWN = frozenset(
    name
    for line in (
        "default default_factory alias alias_priority validation_alias serialization_alias title",
        "description field_title_generator examples exclude exclude_if include discriminator deprecated",
        "json_schema_extra frozen validate_default repr init init_var kw_only pattern strict",
        "coerce_numbers_to_str gt ge lt le multiple_of allow_inf_nan max_digits decimal_places",
        "min_length max_length union_mode fail_fast min_items max_items allow_mutation regex const",
        "unique_items openapi_examples include_in_schema convert_underscores embed media_type annotation",
    )
    for name in line.split()
)
"""The arguments of Pydantic's and FastAPI's fields; each other one is a part of the schema."""


def short(value: Value) -> str:
    """The last part of the name of what made an object; empty for what no library made."""
    return value.name.rpartition(".")[2] if isinstance(value, ExternalObject) else ""


def is_information(value: Value) -> bool:
    """Whether it is a `Field(…)` or one of FastAPI's, which are fields too."""
    return short(value) in _INFORMATION


def constrained(schema: JSONSchema, items: Iterable[Value]) -> JSONSchema:
    """The schema with the constraints that `items` put on its values."""
    found = dict(schema)
    for item in items:
        for name, value in _constraints(item):
            _constrain(found, name, json_value(value))
    return found


def _constraints(item: Value) -> Iterator[tuple[str, Value]]:
    if not isinstance(item, ExternalObject):
        return
    name = short(item)
    if name in _TYPED and (item.args or item.keywords):
        yield _TYPED[name], item.args[0] if item.args else next(iter(item.keywords.values()))
    elif name in {"Len", "Interval"}:
        yield from zip(("min_length", "max_length"), item.args, strict=False)
        yield from _known(item.keywords)
    elif is_information(item) or name == "StringConstraints" or name.startswith("con"):
        yield from _known(item.keywords)


def _known(keywords: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    for key, value in keywords.items():
        name = _OLD_NAMES.get(key, key)
        if name in _CONSTRAINTS and settled(value) is not None:
            yield name, value


def _constrain(schema: JSONSchema, name: str, value: Value) -> None:
    """Write one constraint down where Pydantic's core schema of that type takes it, else under its name."""
    kind = schema.get("type")
    if kind in {"integer", "number"} and name in _NUMERIC:
        schema[_NUMERIC[name]] = value
    elif _is_decimal(schema):
        if name in _NUMERIC:
            schema["anyOf"] = [{**schema["anyOf"][0], _NUMERIC[name]: value}, schema["anyOf"][1]]
    elif kind in _LENGTHS and name in _LENGTHS[kind]:
        schema[_LENGTHS[kind][name]] = value
    elif not (kind == "string" and (schema.get("format") in _TEMPORAL or name in _NUMERIC)):
        schema[{"min_length": "minLength", "max_length": "maxLength"}.get(name, name)] = value


def _is_decimal(schema: JSONSchema) -> bool:
    members = schema.get("anyOf", ())
    return len(members) == 2 and members[0].get("type") == "number" and members[1].get("type") == "string"


def described(schema: JSONSchema, items: Iterable[Value]) -> JSONSchema:
    """The schema with title, description, examples and what else `Field(…)` says of it."""
    found = dict(schema)
    for item in items:
        keywords = item.keywords if is_information(item) else {}
        for name in ("title", "description"):
            if (said := text(keywords.get(name))) is not None:
                found[name] = said
        if keywords.get("deprecated") is not None and truth(settled(keywords["deprecated"])) is not False:
            found["deprecated"] = True
        if keywords.get("examples") is not None:
            found["examples"] = json_value(keywords["examples"])
        found |= _further(item, keywords)
    return found


def _further(item: Value, keywords: Mapping[str, Value]) -> JSONSchema:
    """What `json_schema_extra` adds, and without it the words that `Field(…)` itself does not know."""
    if settled(keywords.get("json_schema_extra")) is not None:
        given = json_value(keywords["json_schema_extra"])
    elif short(item) in {"field", "computed_field"}:
        given = None
    elif getattr(item, "name", "").startswith("sqlmodel."):
        given = json_value(keywords.get("schema_extra"))
    else:
        known = _KNOWN | {"example"} if getattr(item, "name", "").startswith("fastapi.") else _KNOWN
        given = {name: json_value(value) for name, value in keywords.items() if name not in known}
    return given if isinstance(given, dict) else {}


def written_schema(items: Iterable[Value]) -> JSONSchema | None:
    """The schema that `WithJsonSchema(…)` puts in the type's place."""
    found: JSONSchema | None = None
    for item in items:
        if short(item) == "WithJsonSchema":
            given = json_value(item.args[0] if item.args else item.keywords.get("json_schema"))
            found = given if isinstance(given, dict) else {}
    return found


def rewrites(items: Iterable[Value]) -> bool:
    """Whether a text is changed or matched once it is known to be one."""
    return any(
        short(item) == "StringConstraints" and not _REWRITING.isdisjoint(item.keywords) for item in items
    )


_REWRITING = frozenset({"pattern", "strip_whitespace", "to_lower", "to_upper"})


def discriminator(items: Iterable[Value]) -> str | None:
    """The name of the field that tells a union's members apart."""
    for item in items:
        if is_information(item) and (name := text(item.keywords.get("discriminator"))) is not None:
            return name
        if short(item) == "Discriminator" and item.args and (name := text(item.args[0])) is not None:
            return name
    return None


def is_untold(value: object) -> bool:
    """Whether a value of the document stands for one that the source does not tell."""
    return isinstance(value, UntoldValue)
