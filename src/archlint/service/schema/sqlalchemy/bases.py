"""Declarative bases: each has a metadata of its own, by which its models are told from those of another."""

from __future__ import annotations

from collections.abc import Mapping

from archlint.service.interpreter.machine import FunctionModel, Machine
from archlint.service.interpreter.values import Arguments, ClassObject, Native, Origin, Value, settled
from archlint.service.schema.sqlalchemy.values import Element, PartialObject

BASE = "sqlalchemy.orm.declarative_base()"


def derive(machine: Machine, arguments: Arguments) -> Value:
    """`class Base(DeclarativeBase)`: its metadata is its own, its registry's, or a new one."""
    cls = arguments.get(0, "cls")
    _give(cls, settled(cls.namespace.get("registry")), arguments.place)


def _declarative_base(machine: Machine, arguments: Arguments) -> Value:
    """`declarative_base(metadata=…, cls=…)`: a class that is given is the base itself."""
    metadata = settled(arguments.get(0, "metadata")) or _metadata(arguments)
    return _base(metadata, arguments.keywords.get("cls"))


def _base(metadata: Value, given: Value) -> Value:
    found = settled(given)
    if isinstance(found, ClassObject):
        found.namespace.setdefault("metadata", metadata)
        return found
    return PartialObject(BASE, {"metadata": metadata})


def _as_declarative(machine: Machine, arguments: Arguments) -> Value:
    """`@as_declarative(metadata=…)`."""

    def decorate(machine: Machine, applied: Arguments) -> Value:
        cls = settled(applied.get(0, "cls"))
        if isinstance(cls, ClassObject):
            cls.namespace.setdefault(
                "metadata", settled(arguments.keywords.get("metadata")) or _metadata(applied)
            )
        return cls

    return Native("as_declarative", decorate)


def _registry(machine: Machine, arguments: Arguments) -> Value:
    """`registry(metadata=…)`."""
    made = PartialObject("sqlalchemy.orm.registry()", {})
    metadata = settled(arguments.keywords.get("metadata")) or _metadata(arguments)

    def mapped(machine: Machine, applied: Arguments) -> Value:
        cls = settled(applied.get(0, "cls"))
        if isinstance(cls, ClassObject):
            _give(cls, made, applied.place)
        return cls if cls is not None else Native("mapped", mapped)

    made.attributes = {
        "metadata": metadata,
        "generate_base": Native("generate_base", lambda machine, given: _base(metadata, given.get(1, "cls"))),
        "mapped": Native("mapped", mapped),
        "mapped_as_dataclass": Native("mapped_as_dataclass", mapped),
    }
    return made


def _give(cls: ClassObject, registry: Value, place: Origin) -> None:
    if "metadata" not in cls.namespace:
        known = registry.attributes.get("metadata") if isinstance(registry, PartialObject) else None
        cls.namespace["metadata"] = known or Element("sqlalchemy.MetaData", (), {}, place)


def _metadata(arguments: Arguments) -> Element:
    return Element("sqlalchemy.MetaData", (), {}, arguments.place)


MODELS: Mapping[str, FunctionModel] = {
    "declarative_base": _declarative_base,
    "automap_base": _declarative_base,
    "as_declarative": _as_declarative,
    "registry": _registry,
}
