"""What runs between an app's start and its first request: lifespans, and handlers of the start-up event.

Starlette's `Router.lifespan_context` is the lifespan that it was given, or one that runs the handlers;
FastAPI's `include_router` merges the included router's into it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ClassObject,
    FunctionObject,
    InstanceObject,
    Native,
    Origin,
    Partial,
    Value,
    options,
)


def run_lifespans(machine: Machine, app: Modelled, place: Origin, lifespans: Sequence[Value]) -> None:
    """Run each once, for this app; a list among them holds the handlers of the start-up event.

    Starlette gives the app to a lifespan, and nothing to a handler.
    """
    done: set[int] = set()
    for lifespan in list(lifespans):
        handlers, given = (lifespan, ()) if isinstance(lifespan, list) else ([lifespan], (app,))
        for handler in list(handlers):
            if id(handler) not in done:
                done.add(id(handler))
                _run(machine, handler, Arguments(given, {}, place))


def lifespan_context(place: Origin, lifespans: Sequence[Value]) -> Value:
    """`router.lifespan_context` at this time: a call of it with an app runs these."""
    known = list(lifespans)

    def enter(machine: Machine, arguments: Arguments) -> Value:
        app = arguments.get(0, "app")
        if isinstance(app, Modelled):
            run_lifespans(machine, app, place, known)
        return {}

    return Native("lifespan_context", enter)


def functions(lifespans: Sequence[Value]) -> Iterator[FunctionObject]:
    """The functions among what is run at the start."""
    for lifespan in lifespans:
        for handler in lifespan if isinstance(lifespan, list) else [lifespan]:
            yield from (option for option in options(handler) if isinstance(option, FunctionObject))


def _run(machine: Machine, handler: Value, given: Arguments) -> None:
    for option in options(handler):
        match option:
            case FunctionObject(module=module, definition=definition):
                machine.call(option, replace(given, place=Origin(module, definition)))
            case Bound() | Partial() | Native() | InstanceObject():
                machine.call(option, given)
            case ClassObject():
                enter = attribute(machine, machine.call(option, given), "__aenter__")
                machine.call(enter, Arguments((), {}, given.place))
