"""Dependencies that libraries bring and whose code nobody reads: whether they ask for parameters."""

from __future__ import annotations

from archlint.service.api.pagination import page_parameters
from archlint.service.interpreter.types import Type, Types
from archlint.service.interpreter.values import (
    Bound,
    ClassObject,
    External,
    ExternalObject,
    InstanceObject,
    Value,
    settled,
)
from archlint.service.semantics.library_names import names_of

_SCHEMES = "fastapi.security."
"""Their objects take headers and cookies that documents show as security schemes, not as parameters."""

_EMPTY = ("typing.", "abc.", "builtins.object", "collections.abc.", "enum.")
"""Classes of these make objects without arguments."""


def takes_nothing(target: Value) -> bool:
    """Whether an object without a `__call__` in the repository certainly asks for no parameters."""
    match target:
        case ExternalObject(name=name):
            return name.startswith(_SCHEMES) or name in names_of("silent dependency")
        case InstanceObject(cls=cls):
            names = [base.name for base in cls.lineage() if isinstance(base, External)]
            return any(name.startswith(_SCHEMES) or name in names_of("silent dependency") for name in names)
    return False


def is_provided(found: Type) -> bool:
    """Whether a container gives it, whatever a request says."""
    return found.name in names_of("provided")


def asked_page_parameters(target: Value, types: Types) -> Type | None:
    """The class of the parameters that `pagination_ctx(…)` asks for; None for anything else."""
    if not isinstance(target, ExternalObject) or target.name not in names_of("page dependency"):
        return None
    given = dict(zip(("page", "params"), target.args, strict=False)) | dict(target.keywords)
    parameters = settled(given.get("params"))
    if parameters is not None:
        return types.of_value(parameters)
    return page_parameters(types.of_value(settled(given.get("page"))), types)


def has_plain_bases(value: ClassObject) -> bool:
    """Whether a class without an `__init__` in the repository inherits none either."""
    outside = [base for base in value.lineage() if not isinstance(base, ClassObject)]
    return all(isinstance(base, External) and base.name.startswith(_EMPTY) for base in outside)


def named(target: Value) -> str:
    """What a dependency is called in messages."""
    match target:
        case ExternalObject(name=name):
            return name
        case InstanceObject(cls=cls):
            return cls.definition.name
        case Bound(function=function):
            return getattr(function, "name", "a method")
    return "?"
