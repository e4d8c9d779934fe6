"""How Pydantic models are configured: `model_config`, `class Config` and the class statement's keywords."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct

from archlint.facts.syntax import ClassDef
from archlint.findings import Location
from archlint.service.api.class_options import OptionReader
from archlint.service.interpreter.machine import deep_recursion
from archlint.service.interpreter.types import AnnotationContext, Types
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    External,
    ExternalObject,
    FunctionObject,
    Origin,
    Partial,
    Value,
    text,
)
from archlint.service.semantics.symbols import Symbol


class ModelSetting(Struct, frozen=True):
    """One setting: its value, and where the class gives it."""

    value: Value
    location: Location


def settings(symbol: Symbol, options: OptionReader, types: Types) -> dict[str, ModelSetting]:
    """What the class itself configures, evaluated."""
    found: dict[str, ModelSetting] = {}
    for name, node, written in options.own(symbol):
        if written is not None and symbol.module is not None:
            value = types.evaluate(written.expression, AnnotationContext(written.module, written.scope))
            found[name] = ModelSetting(value, symbol.module.location(node))
    return found


class Extra(Struct, frozen=True):
    """What a model does with fields that it does not declare: `allow`, `forbid` or `ignore`."""

    mode: str
    location: Location


def extra(own: Mapping[str, ModelSetting]) -> Extra | None:
    """What the settings say of other fields."""
    setting = own.get("extra")
    if setting is None:
        return None
    mode = setting.value
    known = text(mode) or (mode.name.rpartition(".")[2] if isinstance(mode, External) else None)
    return Extra(known, setting.location) if known is not None else None


class Aliases(Struct, frozen=True):
    """What a field is called when read and when written; None where its own name serves."""

    validation: str | None = None
    serialization: str | None = None


def generated(
    name: str, config: Mapping[str, ModelSetting], types: Types, place: AnnotationContext
) -> Aliases:
    """What the configured alias generator makes of a field's name."""
    setting = config.get("alias_generator")
    if setting is None:
        return Aliases()
    made = setting.value
    if isinstance(made, ExternalObject) and made.name.rpartition(".")[2] == "AliasGenerator":
        keywords = {**dict(zip(("alias", "validation_alias"), made.args, strict=False)), **made.keywords}
        both = _named(keywords.get("alias"), name, types, place)
        validation = _named(keywords.get("validation_alias"), name, types, place) or both
        return Aliases(validation, _named(keywords.get("serialization_alias"), name, types, place) or both)
    alias = _named(made, name, types, place)
    return Aliases(alias, alias)


def is_untold(config: Mapping[str, ModelSetting], types: Types, place: AnnotationContext) -> bool:
    """Whether an alias generator is configured of which nobody can tell what it makes of a name."""
    setting = config.get("alias_generator")
    return (
        setting is not None
        and setting.value is not None
        and generated("some_name", config, types, place) == Aliases()
    )


def _named(generator: Value, name: str, types: Types, place: AnnotationContext) -> str | None:
    match generator:
        case External(name=known):
            convert = _CONVERSIONS.get(known.rpartition(".")[2])
            return convert(name) if convert else None
        case FunctionObject() | Bound() | Partial():
            with deep_recursion():
                return text(
                    types.call(generator, Arguments((name,), {}, Origin(place.module, place.scope[-1])))
                )
    return None


def first_alias(value: Value) -> str | None:
    """The name of a validation alias: the first of `AliasChoices`, or the text."""
    if isinstance(value, ExternalObject) and value.name.rpartition(".")[2] == "AliasChoices":
        return next((name for name in map(text, value.args) if name is not None), None)
    return text(value)


def _camel(name: str) -> str:
    if re.match("[a-z]+[A-Za-z0-9]*$", name) and not re.search(r"\d[a-z]", name):
        return name
    return re.sub("^_*[A-Z]", lambda found: found[0].lower(), _pascal(name))


def _pascal(name: str) -> str:
    return re.sub("([0-9A-Za-z])_(?=[0-9A-Z])", r"\1", name.title())


def _snake(name: str) -> str:
    for boundary in ("([A-Z]+)([A-Z][a-z])", "([a-z])([A-Z])", "([0-9])([A-Z])", "([a-z])([0-9])"):
        name = re.sub(boundary, r"\1_\2", name)
    return name.replace("-", "_").lower()


def _camelized(name: str) -> str:
    return re.sub(r"(?<=[^_\W])_+([^_\W])", lambda found: found[1].upper(), name)


_CONVERSIONS = {
    "to_camel": _camel,
    "to_pascal": _pascal,
    "to_snake": _snake,
    "camelize": _camelized,
}
"""Pydantic's own generators, `pydantic.alias_generators`, and that of pyhumps."""


def is_replaced(symbol: Symbol, node: ClassDef, types: Types) -> bool:
    """Whether a decorator gives another model, made by `create_model` of the fields of this one."""
    cls = types.class_value(symbol) if node.decorators else None
    place = types.place_around(symbol)
    if cls is None or place is None:
        return False
    for decorator in node.decorators:
        applied = types.evaluate(decorator, place)
        made = types.call(applied, Arguments((cls,), {}, Origin(place.module, decorator)))
        if isinstance(made, ExternalObject) and made.name.endswith(".create_model"):
            return True
    return False
