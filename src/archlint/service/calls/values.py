"""What an expression may be to the call graph: a set of the values below, empty where nothing is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeAlias

from msgspec import Struct

from archlint.service.calls.functions import Class, Function
from archlint.service.calls.library_models import Library
from archlint.service.semantics.modules import Module

MAX_VALUES = 80
"""An expression that may be more than this is not followed further."""


class ModuleType(Struct, frozen=True):
    """A module of the repository."""

    module: Module


class ClassType(Struct, frozen=True):
    """A class of the repository."""

    cls: Class


class InstanceType(Struct, frozen=True):
    """An object of a repository's class; `exact` when the source shows that it is of no subclass."""

    cls: Class
    exact: bool = False


class SuperType(Struct, frozen=True):
    """`super()` in a method of `cls`."""

    cls: Class


class FunctionType(Struct, frozen=True):
    """A function of the repository; `bound` when its first parameter is already given."""

    function: Function
    bound: bool = False


class ParameterType(Struct, frozen=True):
    """Whatever a caller of `function` gives for the parameter `name`, of which nothing else is known."""

    function: Function
    name: str


class Coroutine(Struct, frozen=True):
    """What the call of an async function gives: nothing has run yet."""

    function: Function


class Generator(Struct, frozen=True):
    """What the call of a generator function gives: nothing has run yet."""

    function: Function


class Manager(Struct, frozen=True):
    """What the call of a function under `@contextmanager` gives: entering runs it."""

    function: Function


class Elements(Struct, frozen=True):
    """A container or iterable of these values."""

    values: InferredTypes


InferredType: TypeAlias = (
    Library
    | ModuleType
    | ClassType
    | InstanceType
    | SuperType
    | FunctionType
    | ParameterType
    | Coroutine
    | Generator
    | Manager
    | Elements
)
InferredTypes: TypeAlias = tuple[InferredType, ...]


def join(groups: Iterable[InferredTypes]) -> InferredTypes:
    """All values of the groups, each once, in order."""
    filled = [group for group in groups if group]
    if len(filled) <= 1:
        return filled[0] if filled else ()
    found = tuple(dict.fromkeys(value for group in filled for value in group))
    return found if len(found) <= MAX_VALUES else ()


def elements(values: InferredTypes) -> InferredTypes:
    """What iterating over the values, or a subscript of them, gives."""
    return join(_elements(value) for value in values)


def _elements(value: InferredType) -> InferredTypes:
    match value:
        case Elements():
            return value.values
        case Library(path):
            return (Library(f"{path}[]"),)
    return ()
