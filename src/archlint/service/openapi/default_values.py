"""Defaults as JSON: objects of models with all their fields, as Pydantic dumps them."""

from __future__ import annotations

from typing import Any

from archlint.service.api.pydantic_models import Field, PydanticModels
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.interpreter.types import Types
from archlint.service.interpreter.values import (
    Arguments,
    Configured,
    ExternalObject,
    InstanceObject,
    Origin,
    Unresolved,
    Value,
)
from archlint.service.openapi.json_values import ENDLESS, UntoldValue, duration, is_writable, json_value

_NEVER_JSON = ("sqlalchemy.", "sqlmodel.")
"""Objects of these, as `String(100)` in the place of a value, are nothing that JSON can hold."""


class DefaultValues:
    """Writes the defaults of one document; Pydantic before 2.7 writes durations `in_seconds`."""

    def __init__(self, types: Types, models: PydanticModels, *, in_seconds: bool = False) -> None:
        self._in_seconds = in_seconds
        self._types = types
        self._models = models

    def entry(self, value: Value) -> dict[str, Any]:
        """The `default` of a schema, with `Untold` for each part that the source does not tell.

        None for an object that JSON cannot hold, as Pydantic leaves it out.
        """
        if value is None or (isinstance(value, ExternalObject) and value.name.startswith(_NEVER_JSON)):
            return {}
        if not is_writable(value):
            return {"default": UntoldValue(ENDLESS)}
        with deep_recursion():
            return {"default": json_value(self._plain(value))}

    def _plain(self, value: Value) -> Value:
        """The value with the fields of a model in the place of each object."""
        match value:
            case InstanceObject():
                return self._object(value)
            case ExternalObject(name="datetime.timedelta", args=(), keywords=parts) if self._in_seconds:
                return duration(parts, in_seconds=True)
            case Configured():
                return self._plain(value.default)
            case list() | tuple():
                return [self._plain(item) for item in value]
            case dict():
                return {key: self._plain(item) for key, item in value.items()}
        return value

    def _object(self, value: InstanceObject) -> Value:
        found = self._types.of_value(value.cls)
        if not self._models.is_model(found):
            return Unresolved(f"an object of `{found}`, which is no model")
        model = self._models.model(found)
        if model.kind == "root":
            return self._plain(value.attributes.get("root"))
        kept = (entry for entry in model.fields if not entry.excluded)
        made = {entry.written: self._plain(self._given(value, entry)) for entry in kept}
        computed = {entry.written: Unresolved("a computed field") for entry in model.computed}
        return made | computed

    def _given(self, value: InstanceObject, entry: Field) -> Value:
        """What the object was made with, under either name, else the field's own default."""
        for name in (entry.name, entry.alias):
            if name in value.attributes:
                return value.attributes[name]
        if entry.required:
            return Unresolved(f"the required field `{entry.name}` of an object")
        keywords = {key: made for one in entry.information for key, made in one.keywords.items()}
        factory = keywords.get("default_factory")
        if factory is None:
            return entry.default
        return self._types.call(factory, Arguments((), {}, Origin(value.cls.module, value.cls.definition)))
