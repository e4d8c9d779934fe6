"""What a Pydantic model's own validators make of the values of its fields."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Call, Constant, Expression
from archlint.facts.traversal import dotted
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ClassObject,
    Descriptor,
    FunctionObject,
    InstanceObject,
    Origin,
    Value,
)

_OF_FIELDS = frozenset({"field_validator", "validator"})
"""The decorators of validators that get the value of the fields that they name."""


def validate_fields(machine: Machine, instance: InstanceObject, place: Origin) -> None:
    """Put the given values through the validators of their fields.

    https://docs.pydantic.dev/latest/concepts/validators/: defaults are not validated.
    """
    for function, decorator in _validators(instance.cls, _OF_FIELDS):
        for name in [arg.value for arg in decorator.args if isinstance(arg, Constant)]:
            if name in instance.attributes and not _word(decorator, "mode", "wrap"):
                given = (instance.cls, instance.attributes[str(name)])
                instance.attributes[str(name)] = machine.call(function, Arguments(given, {}, place))


def validate_model(machine: Machine, instance: InstanceObject, place: Origin) -> None:
    """Call the validators that get the finished object."""
    for function, decorator in _validators(instance.cls, frozenset({"model_validator"})):
        if _word(decorator, "mode", "after"):
            machine.call(Bound(function, instance), Arguments((), {}, place))


def _validators(cls: ClassObject, kinds: frozenset[str]) -> Iterator[tuple[FunctionObject, Call]]:
    """The functions of the class and its ancestors that such a decorator is around, and its call."""
    names = {name for base in cls.lineage() if isinstance(base, ClassObject) for name in base.namespace}
    for name in sorted(names):
        value: Value = class_member(cls, name)
        function = value.function if isinstance(value, Descriptor) else value
        for decorator in getattr(getattr(function, "definition", None), "decorators", ()):
            is_call = isinstance(function, FunctionObject) and isinstance(decorator, Call)
            if is_call and (dotted(decorator.func) or "").rpartition(".")[2] in kinds:
                yield function, decorator


def _word(call: Call, name: str, value: str) -> bool:
    given: Expression | None = next((k.value for k in call.keywords if k.name == name), None)
    return isinstance(given, Constant) and given.value == value
