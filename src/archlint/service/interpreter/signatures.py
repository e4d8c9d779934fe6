"""What functions say of their own parameters: `__annotations__` and `inspect.signature`."""

from __future__ import annotations

from archlint.facts.python import unquoted
from archlint.facts.syntax import FunctionDef
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    External,
    ExternalObject,
    FunctionObject,
    Partial,
    Unresolved,
    Value,
)

_EMPTY = External("inspect.Signature.empty")
_NO_VALUE = External("inspect.Parameter.empty")


def annotated_values(machine: Machine, function: FunctionObject) -> dict[Value, Value]:
    """What is annotated, evaluated, by the parameters' names and `return`."""
    definition = function.definition
    if not isinstance(definition, FunctionDef):
        return {}
    written = {p.name: p.annotation for p in definition.parameters} | {"return": definition.returns}
    return {
        name: machine.evaluate(function.frame, unquoted(annotation))
        for name, annotation in written.items()
        if annotation is not None
    }


def signature(machine: Machine, arguments: Arguments) -> Value:
    """`inspect.signature(function)`: of what decorators wrap, without what is given already."""
    value, taken, named = arguments.get(0, "obj", arguments.keywords.get("callable")), 0, set[str]()
    while not isinstance(value, FunctionObject) or isinstance(value.wraps, FunctionObject | Bound):
        match value:
            case FunctionObject():
                value = value.wraps
            case Bound():
                value, taken = value.function, taken + 1
            case Partial():
                value, taken, named = value.function, taken + len(value.args), named | set(value.keywords)
            case _:
                return Unresolved("the signature of something that the source does not tell", arguments.place)
    said = annotated_values(machine, value)
    left = [p for p in value.definition.parameters[taken:] if p.name not in named]
    parameters = {
        p.name: ExternalObject(
            "inspect.Parameter()",
            (),
            {
                "name": p.name,
                "annotation": said.get(p.name, _NO_VALUE),
                "default": value.defaults.get(p.name, _NO_VALUE),
            },
        )
        for p in left
    }
    known = {"return_annotation": said.get("return", _EMPTY), "parameters": parameters}
    return ExternalObject("inspect.Signature()", (), known)
