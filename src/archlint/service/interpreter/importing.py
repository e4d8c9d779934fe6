"""Import statements: the modules that they load, and the names that they bind."""

from __future__ import annotations

from archlint.facts.syntax import (
    Import,
    ImportFrom,
)
from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import (
    External,
    Frame,
    ModuleObject,
    Value,
)
from archlint.service.semantics.library_names import public_name
from archlint.service.semantics.modules import Module


def execute_import(machine: Machine, frame: Frame, statement: Import) -> None:
    """`import a.b as c`: each module on the way is loaded."""
    importer = frame.module.module
    for alias in statement.names:
        whole = machine.imported(alias.name, importer)
        if alias.asname is not None:
            frame.namespace[alias.asname] = whole
            continue
        top, *rest = alias.name.split(".")
        frame.namespace[top] = parent = machine.imported(top, importer)
        for depth, name in enumerate(rest, start=2):
            child = machine.imported(".".join(alias.name.split(".")[:depth]), importer)
            if isinstance(parent, ModuleObject):
                parent.namespace.setdefault(name, child)
            parent = child


def execute_import_from(machine: Machine, frame: Frame, statement: ImportFrom) -> None:
    """`from a import b`, relative ones and stars too."""
    importer = frame.module.module
    base = _found(machine, statement, statement.module, importer)
    for alias in statement.names:
        if alias.name == "*":
            _import_star(machine, frame, statement, base)
        else:
            value = _imported_name(machine, statement, base, alias.name, importer)
            frame.namespace[alias.asname or alias.name] = value


def _found(machine: Machine, statement: ImportFrom, dotted: str, importer: Module) -> Value:
    if not statement.level:
        return machine.imported(dotted, importer)
    module = machine.modules.find_relative(statement.level, dotted, importer)
    return machine.load(module) if module is not None else External("." * statement.level + dotted)


def _imported_name(
    machine: Machine, statement: ImportFrom, base: Value, name: str, importer: Module
) -> Value:
    """What `from base import name` gives: a name of the module, else a submodule, else a library's name."""
    if isinstance(base, ModuleObject) and name in base.namespace:
        return base.namespace[name]
    dotted = f"{statement.module}.{name}".lstrip(".")
    submodule = _found(machine, statement, dotted, importer)
    if isinstance(submodule, ModuleObject):
        return submodule
    if isinstance(base, ModuleObject):
        return attribute(machine, base, name)
    found = public_name(submodule.name)
    return machine.semantics.constants.get(found, External(found))


def _import_star(machine: Machine, frame: Frame, statement: ImportFrom, source: Value) -> None:
    """Its public names; submodules that only `__all__` names are loaded for it (tutorial, "Packages")."""
    if not isinstance(source, ModuleObject):
        return
    exported = source.namespace.get("__all__")
    if isinstance(exported, list | tuple):
        names = [name for name in exported if isinstance(name, str)]
        for name in names:
            if name not in source.namespace:
                found = _imported_name(machine, statement, source, name, frame.module.module)
                if isinstance(found, ModuleObject):
                    frame.namespace[name] = found
    else:
        names = [name for name in source.namespace if not name.startswith("_")]
    frame.namespace.update({n: source.namespace[n] for n in names if n in source.namespace})
