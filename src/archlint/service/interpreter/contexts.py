"""Context managers: what `with` gives, and what the end of its block does."""

from __future__ import annotations

from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ExternalObject,
    InstanceObject,
    Origin,
    Value,
)


def is_suppressing(context: Value) -> bool:
    """Whether what is raised in the block goes no further."""
    return isinstance(context, ExternalObject) and context.name == "contextlib.suppress"


def enter(machine: Machine, context: Value, place: Origin) -> Value:
    """What `with … as` gives; of a `@contextmanager`, which has run by now, the one value that it yields."""
    if isinstance(context, Modelled):
        return context.enter()
    if isinstance(context, list) and len(context) == 1:
        return context[0]
    method = attribute(machine, context, "__enter__") if isinstance(context, InstanceObject) else None
    return machine.call(method, Arguments((), {}, place)) if isinstance(method, Bound) else context


def leave(machine: Machine, context: Value, place: Origin) -> None:
    """Do what the end of a `with` block does."""
    if isinstance(context, Modelled):
        context.leave()
    elif isinstance(context, InstanceObject):
        method = attribute(machine, context, "__exit__")
        if isinstance(method, Bound):
            machine.call(method, Arguments((None, None, None), {}, place))
