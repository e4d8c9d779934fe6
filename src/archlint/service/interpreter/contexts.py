"""Context managers: what `with` gives, and what the end of its block does."""

from __future__ import annotations

from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ExternalObject,
    Frame,
    InstanceObject,
    Origin,
    Value,
)


def is_suppressing(context: Value) -> bool:
    """Whether what is raised in the block goes no further."""
    return isinstance(context, ExternalObject) and context.name == "contextlib.suppress"


def enter(machine: Machine, context: Value, place: Origin) -> Value:
    """What `with … as` gives; of a `@contextmanager` that has run by now, the one value that it yielded."""
    if isinstance(context, Modelled):
        return context.enter()
    if isinstance(context, list) and len(context) == 1:
        return context[0]
    method = attribute(machine, context, "__enter__") if isinstance(context, InstanceObject) else None
    return machine.call(method, Arguments((), {}, place)) if isinstance(method, Bound) else context


def run_block(machine: Machine, frame: Frame, value: Value) -> None:
    """Run the block of `with` at the `yield` of its `@contextmanager`, if nothing else decides on that."""
    block = next((one for one in reversed(machine.blocks) if one.frame is frame), None)
    if block is not None and not block.has_run and len(machine.conditions) == frame.depth:
        block.has_run = True
        block.run(value)


def leave(machine: Machine, context: Value, place: Origin) -> None:
    """Do what the end of a `with` block does."""
    if isinstance(context, Modelled):
        context.leave()
    elif isinstance(context, InstanceObject):
        method = attribute(machine, context, "__exit__")
        if isinstance(method, Bound):
            machine.call(method, Arguments((None, None, None), {}, place))
