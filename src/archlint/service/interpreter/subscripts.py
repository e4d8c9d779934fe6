"""Subscripts: items, slices, generic types and what libraries' containers give."""

from __future__ import annotations

from collections.abc import Sequence as Items
from typing import Any

from archlint.facts.syntax import (
    Operator,
    Sequence,
    Subscript,
)
from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.calls import call
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.sizes import is_small
from archlint.service.interpreter.values import (
    Arguments,
    Choice,
    ClassObject,
    Configured,
    External,
    ExternalObject,
    Frame,
    InstanceObject,
    Native,
    Origin,
    Unresolved,
    Value,
    configured,
    each,
    settled,
    subscripted,
    text,
)


def hashable(value: Value) -> bool:
    """Whether a value may be a key as Python sees it: plain, or a tuple of such."""
    return not isinstance(value, list | dict | set | tuple) or (
        isinstance(value, tuple) and is_small(value) and all(hashable(item) for item in value)
    )


def subscript(machine: Machine, frame: Frame, node: Subscript) -> Value:
    """The value of `container[index]`, for each that the container may be."""
    value = machine.evaluate(frame, node.value)
    if isinstance(value, Native):
        value = External(f"builtins.{value.name}")
    if isinstance(value, External | ClassObject):
        return _generic(machine, frame, node, value)
    found = _of_container(machine, frame, node, settled(value))
    is_told = isinstance(value, Configured) and not isinstance(found, Unresolved)
    return configured(found, value.source) if is_told else found


def _of_container(machine: Machine, frame: Frame, node: Subscript, container: Value) -> Value:
    if isinstance(container, list | tuple | str) and isinstance(node.index, Operator):
        return _sliced(machine, frame, node, container)
    index = settled(machine.evaluate(frame, node.index))
    if isinstance(container, Choice):
        return each(
            container, [_item(machine, frame, node, settled(option), index) for option in container.values]
        )
    return _item(machine, frame, node, container, index)


def _generic(machine: Machine, frame: Frame, node: Subscript, value: External | ClassObject) -> Value:
    if isinstance(value, ClassObject):
        name = settled(machine.evaluate(frame, node.index))
        if isinstance(name, str):
            return value.namespace.get(name, value)
        return subscripted(value, tuple(name) if isinstance(name, tuple) else (name,))
    if value.name == "sys.modules":
        name = text(machine.evaluate(frame, node.index))
        return value if name is None else machine.imported(name, frame.module.module)
    if value.name == "os.environ":
        name = text(machine.evaluate(frame, node.index))
        missing = machine.unresolved(frame, node, f"environment variable `{name}`")
        return configured(missing, f"${name}", missing.place)
    if value.name.endswith("Annotated") and isinstance(node.index, Sequence):
        parts = tuple([machine.evaluate(frame, item) for item in node.index.items])
        return ExternalObject("typing.Annotated", parts, {})
    name = machine.evaluate(frame, node.index)
    return subscripted(value, tuple(name) if isinstance(name, tuple) else (name,))


def _item(machine: Machine, frame: Frame, node: Subscript, container: Value, index: Value) -> Value:
    if isinstance(container, dict) and hashable(index) and index in container:
        return container[index]
    if isinstance(container, list | tuple | str) and isinstance(index, int) and _within(container, index):
        return container[index]
    if isinstance(container, InstanceObject):
        method = attribute(machine, container, "__getitem__")
        return call(machine, method, Arguments((index,), {}, Origin(frame.module.module, node)))
    return machine.unresolved(frame, node, "an item of something that the source does not tell")


def _within(container: Items[Value], index: int) -> bool:
    return -len(container) <= index < len(container)


def _sliced(machine: Machine, frame: Frame, node: Subscript, container: Any) -> Value:
    operation = node.index
    if not (isinstance(operation, Operator) and operation.operator == "slice"):
        index = settled(machine.evaluate(frame, node.index))
        return _item(machine, frame, node, container, index)
    bounds = [settled(machine.evaluate(frame, part)) for part in operation.parts]
    known = all(bound is None or isinstance(bound, int) for bound in bounds) and len(bounds) <= 3
    if known and 0 not in bounds[2:] and machine.affords(len(container)):
        return container[slice(*bounds)]
    return machine.unresolved(frame, node, "a slice whose bounds the source does not tell")
