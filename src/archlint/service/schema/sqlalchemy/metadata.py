"""The `MetaData` that classes and tables belong to, and the bases that bring it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Assign, Attribute, Call, ClassDef, Expression
from archlint.readings import summary
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.values import (
    ClassObject,
    External,
    ExternalObject,
    Frame,
    Value,
    settled,
    text,
)
from archlint.service.schema.sqlalchemy.values import Element, PartialObject
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name

_MAKING = frozenset({"__init__", "__new__", "__prepare__", "mro"})
_FILLING = frozenset({"_add_table", "to_metadata", "tometadata"})
_NEUTRAL = frozenset(
    [
        *("sqlalchemy", "sqlmodel", "typing", "typing_extensions", "abc", "builtins", "pydantic", "enum"),
        *("dataclasses", "collections", "generic"),
    ]
)


def schema_of(metadata: Value) -> str | None:
    """The schema that a `MetaData(schema=…)` gives its tables."""
    return text(metadata.keywords.get("schema")) if isinstance(metadata, Element) else None


def is_filled_by_code(metadata: Element) -> bool:
    """Whether code puts tables into metadata where it is made, as `table.to_metadata(it)` does."""
    return _fills(metadata.place.module.source)


@summary
def _fills(source: PythonSource) -> bool:
    return any(last_name(call.func) in _FILLING for call in source.nodes.of(Call))


def is_sqlmodel(cls: ClassObject) -> bool:
    """Whether the class is one of SQLModel."""
    return any(isinstance(base, External) and base.name.endswith("SQLModel") for base in cls.lineage())


def metadata_of(cls: ClassObject) -> Value:
    """The `MetaData(…)` that the class's base names; None where the base makes its own."""
    found = settled(class_member(cls, "metadata"))
    if isinstance(found, Element):
        return found
    for base in foreign_bases(cls):
        if isinstance(base, PartialObject):
            return settled(base.attributes.get("metadata"))
    return None


def foreign_bases(cls: ClassObject) -> Iterator[Value]:
    """What the class and its ancestors derive from, that is no class of the repository."""
    for base in map(settled, cls.bases):
        if isinstance(base, ClassObject):
            yield from foreign_bases(base)
        else:
            yield base


def is_neutral(base: Value) -> bool:
    """Whether a base is known to add no column."""
    named = isinstance(base, External | ExternalObject | PartialObject)
    return named and base.name.partition(".")[0] in _NEUTRAL


def shaping_metaclass(machine: Machine, cls: ClassObject) -> ClassDef | None:
    """A metaclass of the service that takes part in making the class."""
    for base in (base for base in cls.lineage() if isinstance(base, ClassObject)):
        loaded = machine.load(base.module)
        for given in (keyword.value for keyword in base.definition.keywords if keyword.name == "metaclass"):
            found = machine.evaluate(Frame(loaded, loaded.namespace), given)
            own = found.lineage() if isinstance(found, ClassObject) else ()
            makers = (each for each in own if isinstance(each, ClassObject))
            if isinstance(found, ClassObject) and any(not _MAKING.isdisjoint(m.namespace) for m in makers):
                return found.definition
    return None


def assigned_to_metadata(module: Module, name: str) -> Iterator[Expression]:
    """What a module assigns to an attribute of a metadata, `….metadata.naming_convention = …`."""
    for statement in module.source.body:
        if isinstance(statement, Assign) and statement.value is not None:
            for target in statement.targets:
                if isinstance(target, Attribute) and target.attr == name:
                    yield statement.value
