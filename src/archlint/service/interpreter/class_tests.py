"""`isinstance` and `issubclass`, by what the repository defines and what is known of libraries' classes."""

from __future__ import annotations

from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    ClassObject,
    External,
    ExternalObject,
    FunctionObject,
    InstanceObject,
    ModuleObject,
    Native,
    Partial,
    Unresolved,
    Value,
    settled,
)
from archlint.service.semantics.library_names import table

_TYPES: dict[str, type | tuple[type, ...]] = {
    "str": str,
    "int": int,
    "float": float,
    "bool": bool,
    "list": list,
    "dict": dict,
    "tuple": tuple,
    "set": set,
}


_CALLABLES: dict[str, type] = {
    "functools.partial": Partial,
    "types.FunctionType": FunctionObject,
    "types.MethodType": Bound,
    "types.ModuleType": ModuleObject,
}
"""The library's types of which the interpreter has kinds of its own."""


def is_instance(machine: Machine, arguments: Arguments) -> Value:
    """`isinstance(object, classes)`."""
    value, wanted = settled(arguments.get(0, "object")), arguments.get(1, "class")
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    answers = [_is_a(machine, value, kind) for kind in kinds]
    if True in answers:
        return True
    return Unresolved("a type that the source does not tell") if None in answers else False


def _is_a(machine: Machine, value: Value, kind: Value) -> bool | None:
    if (
        isinstance(kind, External)
        and kind.name in _CALLABLES
        and isinstance(value, tuple(_CALLABLES.values()))
    ):
        return isinstance(value, _CALLABLES[kind.name])
    if isinstance(value, External) and value.name in machine.semantics.library:
        return False
    if isinstance(value, ExternalObject) and isinstance(kind, External) and value.name == kind.name:
        return True
    if isinstance(value, Unresolved | External | ExternalObject) or isinstance(kind, Unresolved):
        return None
    if isinstance(value, Modelled | InstanceObject):
        cls = value.cls if isinstance(value, InstanceObject) else attribute(machine, value, "__class__")
        lineage = cls.lineage() if isinstance(cls, ClassObject) else [cls]
        external = [name for base in lineage if isinstance(base, External) for name in _ancestry(base.name)]
        names = {name.rpartition(".")[2] for name in external}
        return kind in lineage or (isinstance(kind, External) and kind.name.rpartition(".")[2] in names)
    if isinstance(kind, Native) and kind.name in _TYPES:
        return isinstance(value, _TYPES[kind.name])
    return isinstance(value, ClassObject) if isinstance(kind, Native) and kind.name == "type" else False


def _ancestry(name: str) -> list[str]:
    """A library's class and the classes that it derives from."""
    found = [name]
    while name in table("bases"):
        name = table("bases")[name]
        found.append(name)
    return found


def is_subclass(machine: Machine, arguments: Arguments) -> Value:
    """`issubclass(cls, classes)`."""
    cls, wanted = arguments.get(0, "cls"), arguments.get(1, "class")
    if not isinstance(cls, ClassObject):
        return Unresolved("a class that the source does not tell")
    kinds = wanted if isinstance(wanted, tuple) else (wanted,)
    lineage = cls.lineage()
    names = {n for base in lineage if isinstance(base, External) for n in _ancestry(base.name)}
    return any(kind in lineage or (isinstance(kind, External) and kind.name in names) for kind in kinds)
