"""What FastAPI calls: the function of the service behind an endpoint or a dependency."""

from __future__ import annotations

from msgspec import Struct
from msgspec.structs import replace

from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.values import (
    Bound,
    ClassObject,
    Configured,
    Descriptor,
    FunctionObject,
    InstanceObject,
    Partial,
    Value,
)


class Callee(Struct, frozen=True):
    """A function of the service, and how many of its first parameters are already given."""

    function: FunctionObject
    bound: int = 0
    given: frozenset[str] = frozenset()


def called(value: Value) -> Callee | None:
    """The function of the service that a call of `value` runs, under decorators that name what they wrap."""
    match value:
        case FunctionObject(wraps=inner) if isinstance(inner, FunctionObject) and inner is not value:
            return called(inner)
        case FunctionObject():
            return Callee(value)
        case Bound(function=function):
            inner = called(function)
            return replace(inner, bound=inner.bound + 1) if inner else None
        case Partial(function=function):
            inner = called(function)
            return (
                replace(inner, bound=inner.bound + len(value.args), given=inner.given | set(value.keywords))
                if inner
                else None
            )
        case Descriptor(function=function):
            return called(function)
        case InstanceObject(attributes={"__wrapped__": wrapped}):
            return called(wrapped)
        case InstanceObject(cls=cls):
            inner = called(class_member(cls, "__call__"))
            return replace(inner, bound=inner.bound + 1) if inner else None
        case Configured(default=default):
            return called(default)
    return None


def view_of(endpoint: Value, callee: Callee) -> ClassObject | None:
    """The class whose method serves as an endpoint without an object: a class-based view's."""
    function = callee.function
    parameters = function.definition.parameters
    if callee.bound or isinstance(endpoint, Bound) or not isinstance(function.owner, ClassObject):
        return None
    return function.owner if parameters and parameters[0].name == "self" else None
