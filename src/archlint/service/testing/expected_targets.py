"""What of a layer tests are expected to reach: its public functions, and its classes that do something."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Class, Function
from archlint.service.calls.library_models import Library
from archlint.service.semantics.modules import Module

_TYPING = frozenset({"typing_extensions"})
_PASSIVE = frozenset(
    {"BaseModel", "BaseSettings", "Enum", "Flag", "IntEnum", "NamedTuple", "Protocol", "StrEnum", "TypedDict"}
    | {"BaseException", "Exception", "HTTPException", "SQLModel", "DeclarativeBase"}
)


def public_functions(module: Module, calls: Calls) -> Iterator[Function]:
    """The module's own functions without an underscore in front."""
    for function in calls.program.in_module(module):
        if not function.scope and _is_public(function) and not function.is_decorated("overload", "fixture"):
            yield function


def public_classes(module: Module, calls: Calls) -> Iterator[tuple[Class, tuple[Function, ...]]]:
    """The module's classes with what they can be asked to do; not data, errors and interfaces."""
    for cls in calls.program.classes_in(module):
        methods = tuple(method for method in cls.methods.values() if _is_operation(method))
        if not cls.scope and not cls.node.name.startswith("_") and methods and not _is_passive(cls):
            yield cls, methods


def library_base(method: Function) -> str:
    """The class of a library, not of Python's own, that the method's class derives from; "" without one."""
    owner = method.owner
    paths = [one.path for one in owner.lineage if isinstance(one, Library)] if owner is not None else []
    others = (path for path in paths if path.partition(".")[0] not in sys.stdlib_module_names | _TYPING)
    return next(others, "").rpartition(".")[2]


def _is_operation(method: Function) -> bool:
    abstract = method.is_decorated("abstractmethod", "overload", "property", "cached_property")
    return _is_public(method) and not abstract and not method.is_empty


def _is_public(function: Function) -> bool:
    return isinstance(function.node, FunctionDef) and not function.node.name.startswith("_")


def _is_passive(cls: Class) -> bool:
    bases = {one.path.rpartition(".")[2] for one in cls.lineage if isinstance(one, Library)}
    errors = any(name.endswith(("Error", "Exception", "Warning")) for name in bases)
    return errors or not bases.isdisjoint(_PASSIVE) or (isinstance(cls.node, ClassDef) and _is_abstract(cls))


def _is_abstract(cls: Class) -> bool:
    return any(one.is_decorated("abstractmethod") for one in cls.methods.values()) and not cls.descendants
