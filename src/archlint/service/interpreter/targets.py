"""Targets: what an assignment, a loop or a pattern gives a value to."""

from __future__ import annotations

from collections.abc import Sequence as Items

from archlint.facts.syntax import Attribute, Expression, Name, Operator, Sequence, Starred, Subscript
from archlint.service.interpreter.attributes import replace_items, set_attribute
from archlint.service.interpreter.expressions import evaluate, iterate
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import External, Frame, Member, Origin, Value, settled


def bind(machine: Machine, frame: Frame, target: Expression, value: Value) -> None:
    """Assign a value to a name, attribute, item or unpacking."""
    match target:
        case Name(id=name):
            _scope(frame, name)[name] = value
        case Attribute():
            set_attribute(machine, evaluate(machine, frame, target.value), target.attr, value)
        case Subscript():
            _set_item(machine, frame, target, value)
        case Sequence(items=targets):
            _unpack(machine, frame, targets, value)
        case Starred():
            bind(machine, frame, target.value, value)


def _scope(frame: Frame, name: str) -> dict[str, Value]:
    if name not in frame.outer_names:
        return frame.namespace
    scope = frame.parent
    while scope is not None and scope.parent is not None and name not in scope.namespace:
        scope = scope.parent
    return scope.namespace if scope is not None else frame.module.namespace


def _set_item(machine: Machine, frame: Frame, target: Subscript, value: Value) -> None:
    container = settled(evaluate(machine, frame, target.value))
    index = settled(evaluate(machine, frame, target.index))
    if isinstance(container, dict) and isinstance(index, str | int | Member | External):
        if machine.conditions and index in container:
            value = machine.changed(container[index], value)
        container[index] = value
    elif isinstance(container, list) and isinstance(index, int) and -len(container) <= index < len(container):
        container[index] = value
    elif isinstance(container, list) and isinstance(target.index, Operator) and isinstance(value, list):
        replace_items(machine, container, value, Origin(frame.module.module, target))


def _unpack(machine: Machine, frame: Frame, targets: Items[Expression], value: Value) -> None:
    values = iterate(machine, value)
    stars = [i for i, target in enumerate(targets) if isinstance(target, Starred)]
    if values is None or (not stars and len(values) != len(targets)) or len(values) < len(targets) - 1:
        for target in targets:
            why = "unpacked from a value that the source does not tell"
            bind(machine, frame, target, machine.unresolved(frame, target, why))
        return
    if stars:
        rest = len(values) - len(targets) + 1
        middle = list(values[stars[0] : stars[0] + rest])
        values = [*values[: stars[0]], middle, *values[stars[0] + rest :]]
    for target, item in zip(targets, values, strict=False):
        bind(machine, frame, target, item)
