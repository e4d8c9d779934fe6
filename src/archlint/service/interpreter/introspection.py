"""Python's ways to look at modules and classes: import by name, members of a module, a class's subclasses."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from typing import NamedTuple

from archlint.facts.syntax import FunctionDef
from archlint.service.interpreter.attributes import attribute, class_member
from archlint.service.interpreter.calls import is_generator
from archlint.service.interpreter.class_making import made_enumeration
from archlint.service.interpreter.expressions import iterate
from archlint.service.interpreter.files import as_path
from archlint.service.interpreter.machine import REPOSITORY, FunctionModel, Machine
from archlint.service.interpreter.signatures import annotated_values, signature
from archlint.service.interpreter.values import (
    Arguments,
    Bound,
    Choice,
    ClassObject,
    Configured,
    External,
    ExternalObject,
    FunctionObject,
    InstanceObject,
    ModuleObject,
    Native,
    Partial,
    Unresolved,
    Value,
    text,
    truth,
)
from archlint.service.semantics.library_names import names_of


def library() -> dict[str, FunctionModel]:
    """The models of these functions, for `Semantics.library`."""
    return {
        "importlib.import_module": import_module,
        "pkgutil.iter_modules": _iter_modules,
        "pkgutil.walk_packages": _walk_packages,
        "inspect.getmembers": _members,
        "inspect.isclass": _is_a(ClassObject),
        "inspect.isfunction": _is_a(FunctionObject),
        "inspect.ismodule": _is_a(ModuleObject),
        "inspect.ismethod": lambda machine, arguments: isinstance(arguments.get(0, "object"), Bound),
        "inspect.isroutine": _is_routine,
        "inspect.getdoc": lambda machine, arguments: attribute(
            machine, arguments.get(0, "object"), "__doc__"
        ),
        "typing.get_type_hints": _type_hints,
        "inspect.signature": signature,
        "inspect.unwrap": _unwrap,
        "inspect.get_annotations": _type_hints,
        "builtins.dir": _names,
        **{kind: made_enumeration(kind) for kind in names_of("enumeration")},
        **{name: _kind_test(asynchronous, generates) for name, (asynchronous, generates) in _KINDS.items()},
        "starlette._utils.is_async_callable": _is_async_callable,
    }


_KINDS = {
    "inspect.iscoroutinefunction": (True, False),
    "asyncio.iscoroutinefunction": (True, False),
    "asyncio.coroutines.iscoroutinefunction": (True, False),
    "asgiref.sync.iscoroutinefunction": (True, False),
    "inspect.isasyncgenfunction": (True, True),
    "inspect.isgeneratorfunction": (False, True),
}
"""Whether each asks for `async def`, and whether for a `yield`."""


def _kind_test(asynchronous: bool, generates: bool) -> FunctionModel:
    """Methods and partials are looked through, decorators' `__wrapped__` is not."""

    def call(machine: Machine, arguments: Arguments) -> Value:
        kind = _kind(arguments.get(0, "obj", arguments.keywords.get("func")))
        if kind is None:
            return Unresolved("what kind of function it is", arguments.place)
        return kind == (asynchronous, generates)

    return call


def _kind(value: Value) -> tuple[bool, bool] | None:
    """Whether a function is `async def`, and whether it yields; two falses for what is no function."""
    while isinstance(value, Partial | Bound):
        value = value.function
    match value:
        case FunctionObject(definition=FunctionDef() as definition):
            return definition.is_async, is_generator(definition)
        case Unresolved() | External() | ExternalObject() | Choice() | Configured() | Native():
            return None
    return False, False


def _is_async_callable(machine: Machine, arguments: Arguments) -> Value:
    """Starlette's own test, which asks callable objects, too."""
    value = arguments.get(0, "obj")
    while isinstance(value, Partial):
        value = value.function
    if isinstance(value, InstanceObject):
        value = class_member(value.cls, "__call__")
    kind = _kind(value)
    return (
        Unresolved("what kind of function it is", arguments.place) if kind is None else kind == (True, False)
    )


def _type_hints(machine: Machine, arguments: Arguments) -> Value:
    """`get_type_hints(function)`: what is annotated, evaluated; None stands for its type."""
    function = arguments.get(0, "obj")
    while isinstance(function, Bound):
        function = function.function
    if not isinstance(function, FunctionObject) or not isinstance(function.definition, FunctionDef):
        return Unresolved("the annotations of something that the source does not tell", arguments.place)
    found = annotated_values(machine, function)
    return {name: External("types.NoneType") if value is None else value for name, value in found.items()}


def _unwrap(machine: Machine, arguments: Arguments) -> Value:
    """`inspect.unwrap(function)`: what is below all decorators that name what they wrap."""
    value = arguments.get(0, "func")
    while (
        inner := getattr(value.function if isinstance(value, Bound) else value, "wraps", None)
    ) is not None:
        value = inner
    return value


def _is_routine(machine: Machine, arguments: Arguments) -> Value:
    return isinstance(arguments.get(0, "object"), Bound | FunctionObject | Native)


class ModuleInfo(NamedTuple):
    """What `pkgutil.iter_modules` gives for a module."""

    module_finder: Value
    name: str
    ispkg: bool


def _is_a(kind: type) -> FunctionModel:
    """`inspect.isclass(object)` and its like."""
    return lambda machine, arguments: isinstance(arguments.get(0, "object"), kind)


def import_module(machine: Machine, arguments: Arguments) -> Value:
    """`importlib.import_module(name, package)`, relative names included."""
    name, package = text(arguments.get(0, "name")), text(arguments.get(1, "package"))
    if name is None:
        return Unresolved("a module whose name the source does not tell", arguments.place)
    if name.startswith("."):
        level = len(name) - len(name.lstrip("."))
        parts = (package or arguments.place.module.name).split(".")
        name = ".".join([*parts[: len(parts) - level + 1], name.lstrip(".")])
    return machine.imported(name, arguments.place.module)


def _iter_modules(machine: Machine, arguments: Arguments) -> Value:
    """`pkgutil.iter_modules(package.__path__)`: the modules that lie in that package's folder."""
    prefix = text(arguments.get(1, "prefix", "")) or ""
    packages = _packages(machine, arguments)
    if not packages:
        return Unresolved("a package folder that the source does not tell", arguments.place)
    return [
        ModuleInfo(Unresolved("a finder"), prefix + name, is_package)
        for package in packages
        for name, is_package in submodules(machine, package)
    ]


def _walk_packages(machine: Machine, arguments: Arguments) -> Value:
    """`pkgutil.walk_packages(package.__path__, prefix)`: modules of the package and all below it."""
    prefix = text(arguments.get(1, "prefix", "")) or ""
    packages = _packages(machine, arguments)
    if not packages:
        return Unresolved("a package folder that the source does not tell", arguments.place)
    return [info for package in packages for info in _below(machine, package, prefix)]


def _packages(machine: Machine, arguments: Arguments) -> list[ModuleObject]:
    """The packages whose folders `path` lists, as `__path__` or as paths; none where it cannot be told."""
    caller = arguments.place.module
    found: list[ModuleObject] = []
    for item in iterate(machine, arguments.get(0, "path")) or ():
        if isinstance(item, ModuleObject):
            found.append(item)
            continue
        init = posixpath.relpath(f"{as_path(item) or '?'}/__init__.py", REPOSITORY)
        module = caller if caller.path == init else machine.modules.by_path.get(init)
        found += [machine.load(module)] if module is not None else []
    return found


def _below(machine: Machine, package: ModuleObject, prefix: str) -> Iterator[ModuleInfo]:
    for name, is_package in submodules(machine, package):
        yield ModuleInfo(Unresolved("a finder"), prefix + name, is_package)
        if is_package:
            inner = machine.modules.find(f"{package.module.name}.{name}", package.module)
            if inner is not None:
                yield from _below(machine, machine.load(inner), f"{prefix}{name}.")


def submodules(machine: Machine, package: ModuleObject) -> list[tuple[str, bool]]:
    """Names of the modules directly in a package's folder, sorted, and whether each is a package."""
    folder = posixpath.dirname(package.module.path)
    start = f"{folder}/" if folder else ""
    found: dict[str, bool] = {}
    is_own = package.module.path in machine.modules.by_path
    for path in machine.modules.by_path if is_own else machine.modules.facts:
        if path.startswith(start):
            name, _, below = path[len(start) :].removesuffix(".py").partition("/")
            if below == "__init__" or (not below and name != "__init__"):
                found[name] = bool(below)
    return sorted(found.items())


def _members(machine: Machine, arguments: Arguments) -> Value:
    """`inspect.getmembers(object, predicate)`, sorted by name; those of an undecided predicate are kept."""
    value, predicate = arguments.get(0, "object"), arguments.get(1, "predicate")
    names = _defined(value)
    if names is None:
        return Unresolved("the members of something that the source does not tell", arguments.place)
    pairs = [(name, attribute(machine, value, name)) for name in names]
    if predicate is None:
        return pairs
    answers = (machine.call(predicate, Arguments((member,), {}, arguments.place)) for _, member in pairs)
    return [pair for pair, answer in zip(pairs, answers, strict=True) if truth(answer) is not False]


def _names(machine: Machine, arguments: Arguments) -> Value:
    names = _defined(arguments.get(0, "object"))
    return Unresolved("names that the source does not tell", arguments.place) if names is None else names


def _defined(value: Value) -> list[str] | None:
    match value:
        case ModuleObject():
            return sorted(value.namespace)
        case ClassObject():
            classes = [base for base in value.lineage() if isinstance(base, ClassObject)]
            return sorted({name for base in classes for name in base.namespace})
        case InstanceObject():
            return sorted({*(_defined(value.cls) or ()), *value.attributes})
    return None
