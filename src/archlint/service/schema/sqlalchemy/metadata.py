"""The `MetaData` that classes and tables belong to, and the bases that bring it."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Assign, Attribute, Expression
from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.values import (
    ClassObject,
    External,
    ExternalObject,
    Value,
    settled,
    text,
)
from archlint.service.schema.sqlalchemy.values import Element, PartialObject
from archlint.service.semantics.modules import Module

_NEUTRAL = frozenset(
    [
        *("sqlalchemy", "sqlmodel", "typing", "typing_extensions", "abc", "builtins", "pydantic", "enum"),
        *("dataclasses", "collections", "generic"),
    ]
)


def schema_of(metadata: Value) -> str | None:
    """The schema that a `MetaData(schema=…)` gives its tables."""
    return text(metadata.keywords.get("schema")) if isinstance(metadata, Element) else None


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


def assigned_to_metadata(module: Module, name: str) -> Iterator[Expression]:
    """What a module assigns to an attribute of a metadata, `….metadata.naming_convention = …`."""
    for statement in module.source.body:
        if isinstance(statement, Assign) and statement.value is not None:
            for target in statement.targets:
                if isinstance(target, Attribute) and target.attr == name:
                    yield statement.value
