"""The schemas of models: their properties, and what the class itself says.

Follows `pydantic/json_schema.py` on model, typed dict, dataclass and named tuple schemas.
"""

from __future__ import annotations

from collections.abc import Iterable
from inspect import cleandoc
from typing import Literal, Protocol, TypeAlias

from archlint.facts.syntax import ClassDef
from archlint.facts.traversal import docstring
from archlint.service.api.pydantic_models import Field, PydanticModel
from archlint.service.interpreter.types import Type
from archlint.service.interpreter.values import Value, settled, text
from archlint.service.openapi.default_values import DefaultValues
from archlint.service.openapi.json_values import JSONSchema, UntoldValue, json_value
from archlint.service.openapi.metadata import described
from archlint.service.openapi.naming import PREFIX
from archlint.service.openapi.schema_objects import display, object_of

Mode: TypeAlias = Literal["validation", "serialization"]


class _Annotations(Protocol):
    """What makes the schemas of the fields' annotations."""

    definitions: dict[str, JSONSchema]

    def of(self, found: Type, mode: Mode, more: Iterable[Value] = ()) -> JSONSchema: ...

    def has_own_name(self, found: Type) -> bool: ...


class ModelSchemas:
    """Makes the definitions of models, with `annotations` for what their fields are."""

    def __init__(self, annotations: _Annotations, defaults: DefaultValues) -> None:
        self._annotations = annotations
        self._defaults = defaults

    def of(self, model: PydanticModel, mode: Mode) -> JSONSchema:
        """The definition of a model, as it is read or written."""
        if mode == "serialization" and "" in model.serializers:
            return self._titled(self._annotations.of(model.serializers[""], mode), model)
        if model.kind == "root":
            root = model.fields[0] if model.fields else None
            schema = self._field(root, model, mode) if root else {}
            return self._titled({k: v for k, v in schema.items() if k != "title"}, model)
        if model.kind == "named tuple":
            return self._named_tuple(model, mode)
        properties: dict[str, JSONSchema] = {}
        required: list[str] = []
        for entry in (*model.fields, *(model.computed if mode == "serialization" else ())):
            if mode == "serialization" and entry.excluded:
                self._annotations.of(entry.type, mode)  # what is in it is among the components all the same
                continue
            name = entry.written if mode == "serialization" else entry.alias
            properties[name] = self._field(entry, model, mode)
            if self._is_required(entry, model, mode):
                required.append(name)
        schema = object_of(properties, required)
        if not model.complete:
            schema |= UntoldValue(_why_incomplete(model))
        return self._titled(schema, model)

    def _is_required(self, entry: Field, model: PydanticModel, mode: Mode) -> bool:
        setting = model.config.get("json_schema_serialization_defaults_required")
        defaults_too = mode == "serialization" and setting is not None and settled(setting.value) is True
        return entry.required or defaults_too

    def _field(self, entry: Field, model: PydanticModel, mode: Mode) -> JSONSchema:
        """One property of a model."""
        declared = () if entry.declared is None else (entry.declared,)
        serializer = model.serializers.get(entry.name) or model.serializers.get("*")
        if mode == "serialization" and serializer is not None:
            schema = described(self._annotations.of(serializer, mode), entry.information)
        else:
            schema = self._annotations.of(entry.type, mode, declared)
            if not entry.required and not entry.computed:
                schema |= self._defaults.entry(entry.default)
        if entry.computed:
            schema["readOnly"] = True
        document = entry.document if entry.computed or _is_on(model, "use_attribute_docstrings") else None
        if document is not None:
            schema.setdefault("description", cleandoc(document))
        if "title" not in schema and not self._annotations.has_own_name(entry.type):
            schema["title"] = title_of(entry.written if mode == "serialization" else entry.alias)
        return self._without_redundant(schema)

    def _without_redundant(self, schema: JSONSchema) -> JSONSchema:
        """What stands beside a reference only where it says something else than what is referred to."""
        target = self._annotations.definitions.get(str(schema.get("$ref", "")).removeprefix(PREFIX), {})
        return {k: v for k, v in schema.items() if k == "$ref" or k not in target or target[k] != v}

    def _named_tuple(self, model: PydanticModel, mode: Mode) -> JSONSchema:
        items = [self._field(entry, model, mode) for entry in model.fields]
        schema: JSONSchema = {"type": "array", "prefixItems": items, "maxItems": len(items)}
        required = sum(entry.required for entry in model.fields)
        return schema | ({"minItems": required} if required else {})

    def _titled(self, schema: JSONSchema, model: PydanticModel) -> JSONSchema:
        """The schema with what the class itself says: title, description, extra fields, more schema."""
        config = {key: settled(setting.value) for key, setting in model.config.items()}
        node = model.type.symbol.node if model.type.symbol is not None else None
        found = {"title": text(config.get("title")) or display(model.type), **schema}
        words = docstring(node.body) if isinstance(node, ClassDef) and not model.type.args else None
        if words is not None:
            found["description"] = cleandoc(words).split("\f")[0]
        if model.extra is not None and model.extra.mode in {"allow", "forbid"}:
            found["additionalProperties"] = model.extra.mode == "allow"
        extra = config.get("json_schema_extra", config.get("schema_extra"))
        if isinstance(extra, dict):
            found |= json_value(extra)
        elif extra is not None:
            found |= UntoldValue("a function of the service changes it")
        return found


def title_of(name: str) -> str:
    """The title that a property gets of its name."""
    return name.title().replace("_", " ").strip()


def _why_incomplete(model: PydanticModel) -> str:
    node = model.type.symbol.node if model.type.symbol is not None else None
    if isinstance(node, ClassDef) and node.decorators:
        return "a decorator may make another model of it"
    if "alias_generator" in model.config:
        return "a base class is not in the repository, or its alias generator cannot be read"
    return "a base class is not in the repository"


def _is_on(model: PydanticModel, setting: str) -> bool:
    return setting in model.config and settled(model.config[setting].value) is True
