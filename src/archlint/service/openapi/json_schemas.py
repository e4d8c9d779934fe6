"""The JSON schemas of annotations and models, as Pydantic 2 generates them for FastAPI.

Follows `pydantic/json_schema.py`: each model and enumeration is a definition of its own, and one that is read
otherwise than it is written is two.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from archlint.facts.syntax import Call
from archlint.service.api.pydantic_models import Field, PydanticModels
from archlint.service.interpreter.resolved_types import NamedAlias
from archlint.service.interpreter.types import ANY, LITERAL, NONE, UNION, VARIABLE, Type, Types
from archlint.service.interpreter.values import ExternalObject, FunctionObject, Member, Value
from archlint.service.openapi.default_values import DefaultValues
from archlint.service.openapi.json_values import STRING, JSONSchema, UntoldValue, json_value
from archlint.service.openapi.library_versions import DocumentVersions
from archlint.service.openapi.metadata import (
    constrained,
    described,
    discriminator,
    rewrites,
    short,
    written_schema,
)
from archlint.service.openapi.model_schemas import Mode, ModelSchemas
from archlint.service.openapi.naming import PREFIX, name_choices, renamed, simplest
from archlint.service.openapi.schema_objects import (
    Spelling,
    _distinct,
    any_of,
    display,
    enumeration,
    literal,
    mapping_of,
    object_of,
    path_of,
    tag_name,
    why_unknown,
)
from archlint.service.semantics.library_names import names_of, table

_TITLES = {"validation": "Input", "serialization": "Output"}
_JSON_VALUE = "pydantic.JsonValue"
"""A definition of its own, of which the schema says nothing."""
_ROOT_MODEL = "pydantic.RootModel"
"""`RootModel[…]` without a class statement."""
_DEFINED = frozenset({_JSON_VALUE, _ROOT_MODEL, "pydantic.BaseModel"})  # the last has no fields
_BINARY: JSONSchema = {"type": "string", "format": "binary"}
_CONTENT: JSONSchema = {"type": "string", "contentMediaType": "application/octet-stream"}
_BYTE_SIZE_PATTERN = r"^\s*(\d*\.?\d+)\s*(\w+)?"
_DECIMAL_PATTERN = r"^(?!^[-+.]*$)[+-]?0*\d*\.?\d*$"


class JsonSchemas:
    """The schemas of one document; `definitions` are complete when all annotations have been asked for."""

    def __init__(
        self, types: Types, models: PydanticModels, libraries: DocumentVersions, *, split: bool = True
    ) -> None:
        self._types = types
        self._models = models
        self.defaults = DefaultValues(types, models, in_seconds=not libraries.has_pydantic("2.7"))
        self._model_schemas = ModelSchemas(self, self.defaults)
        self._libraries = libraries
        self._split = split
        self._tells_open = libraries.has_pydantic("2.11")
        self._tells_names = libraries.has_pydantic("2.10")
        self._spelling: Spelling = "plain" if libraries.has_pydantic("2.10") else "doubled"
        if not libraries.has_pydantic("2.7"):
            self._spelling = "bare"
        is_spaced = libraries.has_fastapi("0.119") and not libraries.has_fastapi("0.128.4")
        self._comma = ", " if is_spaced else ","
        self._choices: dict[str, tuple[str, ...]] = {}
        self._numbers: dict[str, dict[object, int]] = {}
        self._keys: dict[tuple[object, Mode], str] = {}
        self.definitions: dict[str, JSONSchema] = {}
        self.origins: dict[str, Type] = {}

    def of(self, found: Type, mode: Mode, more: Iterable[Value] = ()) -> JSONSchema:
        """The schema of an annotation; `more` is what stands outside of it, as `Field(…)` of a field."""
        if found.alias is not None:
            return self._named_alias(found, found.alias, mode, more)
        items = (*found.metadata, *more)
        replaced = self._replaced(found, items, mode)
        if replaced is not None:
            return described(replaced, items)
        if found.name == UNION and any(map(_is_null, found.args)):
            inner = self._constrained(self._union(found, items, mode), items)
            return described(any_of([inner, {"type": "null"}]), items)
        return described(self._constrained(self._bare(found, mode, items), items), items)

    def of_answer(self, found: Type) -> JSONSchema:
        """The schema of what is answered.

        Where input and output are not told apart it is the input's, unless some field is computed.
        """
        computed = self._split or any(model.computed for model in self._models.reachable(found))
        return self.of(found, "serialization" if computed else "validation")

    def has_own_name(self, found: Type) -> bool:
        """Whether the schema is a reference to a definition, which has a title of its own."""
        members = found.members
        if found.alias is not None:
            return True
        if found.name == UNION:
            return len(members) == 1 and self.has_own_name(members[0])
        return self._is_defined(found)

    def named(self) -> tuple[dict[str, str], dict[str, JSONSchema]]:
        """The final names by the preliminary ones, and the definitions under them."""
        names = simplest(self._choices, self.definitions)
        done = {names[key]: renamed(schema, names) for key, schema in self.definitions.items()}
        return names, dict(sorted(done.items()))

    def record(self, name: str, properties: Mapping[str, JSONSchema], required: list[str]) -> JSONSchema:
        """A reference to an object that FastAPI makes of several body parameters."""
        key = self._key(name, f"fastapi._compat.v2.{name}", "validation", name)
        self.definitions[key] = object_of(dict(properties), required) | {"title": name}
        return {"$ref": PREFIX + key}

    def _named_alias(self, found: Type, alias: NamedAlias, mode: Mode, more: Iterable[Value]) -> JSONSchema:
        """A reference to the definition that a `type` statement is; constraints around it make another."""
        outside = (*found.metadata[len(alias.value.metadata) :], *more)
        limits = tuple(map(id, outside)) if constrained({}, outside) else ()
        identity = (alias.name, alias.args, limits), mode
        key = self._keys.get(identity)
        if key is None:
            named = Type(alias.name, alias.args)
            key = self._key(identity, path_of(named), mode, display(named, self._comma))
            self.definitions[key] = {}
            self.definitions[key] = constrained(self._copied(self.of(alias.value, mode)), outside)
        return described({"$ref": PREFIX + key}, outside)

    def _copied(self, schema: JSONSchema) -> JSONSchema:
        """A definition that is only another one: Pydantic 2.11 to 2.13 make a copy of it."""
        target = self.definitions.get(str(schema.get("$ref", "")).removeprefix(PREFIX))
        copies = self._libraries.has_pydantic("2.11") and not self._libraries.has_pydantic("2.14")
        return dict(target) if target and len(schema) == 1 and copies else schema

    def _replaced(self, found_type: Type, items: tuple[Value, ...], mode: Mode) -> JSONSchema | None:
        """The schema that metadata puts in the place of the type's own."""
        found = written_schema(items)
        if mode == "serialization" and found_type.name == "pydantic.EmailStr" and rewrites(items):
            found = constrained(STRING, items)  # a text is made of the address in a second step
        for item in items:
            name = short(item)
            if mode == "serialization" and name in {"PlainSerializer", "WrapSerializer"}:
                returned = self._returned(item)
                found = found if returned is None else self.of(returned, mode)
            elif (
                mode == "validation"
                and name == "PlainValidator"
                and "json_schema_input_type" not in item.keywords
            ):
                found = {}
            elif mode == "validation" and "json_schema_input_type" in getattr(item, "keywords", {}):
                found = self.of(self._types.of_value(item.keywords["json_schema_input_type"]), mode)
        return found

    def _returned(self, item: ExternalObject) -> Type | None:
        """What a serializer says that it returns."""
        given = item.keywords.get("return_type")
        if given is not None:
            return self._types.of_value(given)
        function = item.args[0] if item.args else item.keywords.get("func")
        if isinstance(function, FunctionObject):
            returns = getattr(function.definition, "returns", None)
            return None if returns is None else self._types.returned(function, returns)
        named = self._types.of_value(function)
        return named if named.name in table("schemas") else None

    def _constrained(self, schema: JSONSchema, items: Iterable[Value]) -> JSONSchema:
        return schema if "$ref" in schema and len(schema) == 1 else constrained(schema, items)

    def _bare(self, found: Type, mode: Mode, items: tuple[Value, ...]) -> JSONSchema:
        """The schema of a type without its metadata."""
        name, args = found.name, found.args
        if self._is_defined(found):
            return {"$ref": PREFIX + self._defined(found, mode)}
        if (known := self._known("builtins.bytes" if name in names_of("upload") else name)) is not None:
            return known
        if name == UNION:
            return self._union(found, items, mode)
        if name == LITERAL:
            return literal([json_value(choice) for choice in found.choices], spelling=self._spelling)
        if name in names_of("any value"):
            return {}
        if name == VARIABLE:
            return self._variable(found, mode)
        if name in names_of("stands for its argument") and args:
            return self.of(args[0], mode)
        return self._container(found, mode) or self._special(found, mode)

    def _known(self, name: str) -> JSONSchema | None:
        """The schema of a type of a library, for reading and writing alike."""
        schema = table("schemas").get(name)
        has_content = schema == _BINARY and self._libraries.has_fastapi("0.129.1")
        return None if schema is None else dict(_CONTENT if has_content else schema)

    def _container(self, found: Type, mode: Mode) -> JSONSchema | None:
        name, args = found.name, found.args
        if name in names_of("sequence type", "stream type"):
            return {"type": "array", "items": self._item(found, mode)}
        if name in names_of("set type"):
            return {"type": "array", "uniqueItems": True, "items": self._item(found, mode)}
        if name in names_of("mapping type"):
            return self._mapping(args, mode)
        if name == "collections.Counter":
            return {"type": "object", "additionalProperties": {"type": "integer"}}
        if name == "builtins.tuple":
            return self._tuple(args, mode)
        return None

    def _item(self, found: Type, mode: Mode) -> JSONSchema:
        if found.args:
            return self.of(found.args[0], mode)
        made = next((m for m in found.metadata if short(m).startswith("con")), None)
        given = made.keywords.get("item_type", made.args[0] if made.args else None) if made else None
        return {} if given is None else self.of(self._types.of_value(given), mode)

    def _mapping(self, args: tuple[Type, ...], mode: Mode) -> JSONSchema:
        keys = self.of(args[0], mode) if args else {}
        values = self.of(args[1], mode) if len(args) > 1 else {}
        return mapping_of(keys, values, tells_open=self._tells_open, tells_names=self._tells_names)

    def _tuple(self, args: tuple[Type, ...], mode: Mode) -> JSONSchema:
        if not args or (len(args) == 2 and args[1].name == "..."):
            return {"type": "array", "items": self.of(args[0], mode) if args else {}}
        items = [self.of(arg, mode) for arg in args]
        return {"type": "array", "prefixItems": items, "minItems": len(items), "maxItems": len(items)}

    def _special(self, found: Type, mode: Mode) -> JSONSchema:
        name = found.name
        reading = mode == "validation"
        if name in names_of("decimal"):
            text: JSONSchema = dict(STRING)
            if self._libraries.has_pydantic("2.12") and not self._libraries.has_pydantic("2.14"):
                text["pattern"] = _DECIMAL_PATTERN
            return {"anyOf": [{"type": "number"}, text]} if reading else text
        if name == "fractions.Fraction":
            text = {"type": "string", "format": "fraction"}
            return {"anyOf": [{"type": "number"}, text]} if reading else text
        if name == "pydantic.Json":
            content = self.of(found.args[0], mode) if found.args else {}
            media = {"type": "string", "contentMediaType": "application/json"}
            return {**media, "contentSchema": content} if reading else content
        if name == "pydantic.ByteSize":
            number: JSONSchema = {"type": "integer", "minimum": 0}
            return {"anyOf": [{**STRING, "pattern": _BYTE_SIZE_PATTERN}, number]} if reading else number
        return self._inherited(found) or UntoldValue(why_unknown(found))

    def _inherited(self, found: Type) -> JSONSchema | None:
        """The schema that a class of the service inherits of a type of Pydantic's."""
        cls = self._types.class_value(found.symbol) if found.symbol is not None else None
        names = [self._types.of_value(base).name for base in cls.lineage()[1:]] if cls is not None else []
        schemas = (self._known(name) for name in names if name.startswith("pydantic."))
        return next((schema for schema in schemas if schema is not None), None)

    def _union(self, found: Type, items: tuple[Value, ...], mode: Mode) -> JSONSchema:
        members = [arg for arg in found.args if not _is_null(arg)]
        members = [m for m in members if not any(_is_skipped(item) for item in m.metadata)]
        property_name = discriminator(items)
        schemas = [self.of(member, mode) for member in members]
        if property_name is None or len(members) < 2:
            return any_of(schemas)
        mapping: dict[str, Any] = {}
        for member, schema in zip(members, schemas, strict=True):
            for tag in self._tags(member, property_name):
                mapping[tag_name(tag)] = schema.get("$ref", schema)
        alias = self._alias_of(members[0], property_name)
        return {"oneOf": _distinct(schemas), "discriminator": {"propertyName": alias, "mapping": mapping}}

    def _tags(self, member: Type, name: str) -> list[Any]:
        """The values of the discriminating field by which a member is known."""
        if member.name == UNION:
            return [tag for arg in member.members for tag in self._tags(arg, name)]
        for item in member.metadata:
            if short(item) == "Tag" and item.args:
                return [json_value(item.args[0])]
        entry = self._field_of(member, name)
        if entry is None:
            return []
        if entry.type.name == LITERAL:
            return [json_value(choice) for choice in entry.type.choices]
        return [json_value(entry.default)]

    def _alias_of(self, member: Type, name: str) -> str:
        entry = self._field_of(member, name)
        return entry.alias if entry is not None else name

    def _field_of(self, member: Type, name: str) -> Field | None:
        member = member.members[0] if member.name == UNION else member
        fields = self._models.model(member).fields if self._models.is_model(member) else ()
        return next((entry for entry in fields if entry.name == name), None)

    def _variable(self, found: Type, mode: Mode) -> JSONSchema:
        """A type variable that nothing fills: its default, its bound, or anything."""
        call = getattr(found.symbol.node if found.symbol else None, "value", None)
        place = self._types.place_around(found.symbol) if found.symbol else None
        if not isinstance(call, Call) or place is None:
            return {}
        given = {keyword.name: keyword.value for keyword in call.keywords}
        for name in ("default", "bound"):
            if name in given:
                return self.of(self._types.read(given[name], place), mode)
        if len(call.args) > 1:
            return any_of([self.of(self._types.read(arg, place), mode) for arg in call.args[1:]])
        return {}

    def _is_defined(self, found: Type) -> bool:
        return found.name in _DEFINED or (
            found.symbol is not None and (self._models.is_model(found) or bool(self._members(found)))
        )

    def _members(self, found: Type) -> list[Member]:
        cls = self._types.class_value(found.symbol) if found.symbol is not None else None
        return [m for m in cls.namespace.values() if isinstance(m, Member) and m.cls is cls] if cls else []

    def _defined(self, found: Type, mode: Mode) -> str:
        """The preliminary name of a model's or an enumeration's definition, which is made when first met."""
        key = self._keys.get((found, mode))
        if key is None:
            key = self._key((found, mode), path_of(found), mode, display(found, self._comma))
            self.origins[key] = found
            self.definitions[key] = {}
            if found.name == _JSON_VALUE:
                return key
            if found.name == _ROOT_MODEL:
                root = found.args[0] if found.args else ANY
                self.definitions[key] = self.of(root, mode) | {"title": display(found)}
            elif members := self._members(found):
                self.definitions[key] = enumeration(found, members, spelling=self._spelling)
            else:
                self.definitions[key] = self._model_schemas.of(self._models.model(found), mode)
        return key

    def _key(self, identity: object, path: str, mode: Mode, shown: str) -> str:
        numbers = self._numbers.setdefault(path, {})
        whose = identity[0] if isinstance(identity, tuple) else identity
        number = numbers.setdefault(whose, len(numbers) + 1)
        names = name_choices(shown, path, _TITLES[mode], number)
        key = names[-1]
        self._choices[key] = names
        if isinstance(identity, tuple):
            self._keys[identity] = key
        return key


def _is_null(member: Type) -> bool:
    """Whether it is a bare `None`, to which no validator gives another meaning."""
    return member == NONE and not member.metadata


def _is_skipped(item: Value) -> bool:
    return short(item) == "SkipJsonSchema" or getattr(item, "name", "").endswith(".SkipJsonSchema")
