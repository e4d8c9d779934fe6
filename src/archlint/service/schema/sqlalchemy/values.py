"""What SQLAlchemy's calls give, kept with their place until tables are made of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from archlint.service.interpreter.machine import FunctionModel, Machine, Modelled
from archlint.service.interpreter.values import (
    Arguments,
    External,
    ExternalObject,
    Native,
    Origin,
    Unresolved,
    Value,
    settled,
    text,
)

SORTING = {
    "asc": "asc",
    "desc": "desc",
    "nulls_first": "nulls first",
    "nulls_last": "nulls last",
    "nullsfirst": "nulls first",
    "nullslast": "nulls last",
}
"""SQLAlchemy's functions and methods that sort, and what they write."""


class Untold(Exception):  # noqa: N818 (not an error: the source does not tell)
    """Something that the source does not tell; the message says what."""


class Element(ExternalObject, eq=False):
    """A call of SQLAlchemy; `kind` is the function's own name; incomplete behind an unknown `*` or `**`."""

    place: Origin
    complete: bool = True

    @property
    def kind(self) -> str:
        """The last part of its name: `Column`, `mapped_column`."""
        return self.name.rpartition(".")[2]

    def method(self, name: str) -> Value | None:
        """`column.desc()` and its like, which an index sorts by, and the schema of a metadata."""
        if name == "schema" and self.kind == "MetaData":
            return self.keywords.get(name)
        if name == "with_variant":
            return Native(name, lambda machine, given: variant(self, given))
        if name not in SORTING:
            return None
        made = f"sqlalchemy.{name}"
        return Native(name, lambda machine, given: Element(made, (self,), {}, given.place, given.complete))

    def get(self, position: int, name: str, default: Value = None) -> Value:
        """The argument by keyword or position."""
        if name in self.keywords:
            return self.keywords[name]
        return self.args[position] if position < len(self.args) else default


@dataclass(eq=False, repr=False)
class EnumObject(Modelled):
    """`Enum(…)` or `ENUM(…)`: a type that can be created and dropped by itself."""

    kind: str
    args: Sequence[Value]
    keywords: Mapping[str, Value]
    place: Origin
    act: Callable[[str, EnumObject, Arguments], Value] | None = None

    def attribute(self, machine: Machine, name: str) -> Value:
        """`create` and `drop` act on the database that is replayed."""
        act = self.act
        if act is not None and name in {"create", "drop"}:
            return Native(name, lambda machine, arguments: act(name, self, arguments))
        if name == "with_variant":
            return Native(name, lambda machine, given: variant(self, given))
        if name == "copy":
            return Native(name, lambda machine, arguments: Unresolved("a type's variant"))
        if name in self.keywords:
            return self.keywords[name]
        return External(f"sqlalchemy.{self.kind}().{name}")

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """`status.create_type = False`."""
        self.keywords = {**self.keywords, name: value}


def variant(plain: Value, given: Arguments) -> Value:
    """What `type.with_variant(other, *dialects)` is on PostgreSQL."""
    dialects = [text(settled(arg)) for arg in given.args[1:]]
    if None in dialects or not given.complete:
        return Unresolved("a type's variant", given.place)
    return given.args[0] if "postgresql" in dialects else plain


@dataclass(eq=False, repr=False)
class TableObject(Modelled):
    """`Table(name, metadata, …)`."""

    args: Sequence[Value]
    keywords: Mapping[str, Value]
    place: Origin
    complete: bool = True
    attributes: dict[str, Value] = field(default_factory=dict)

    def attribute(self, machine: Machine, name: str) -> Value:
        """A table's columns and statements are a library's objects."""
        if name == "name" and self.args:
            return self.args[0]
        if name in {"c", "columns"}:
            return PartialObject("sqlalchemy.Table().c", dict(self._columns()))
        return self.attributes.get(name, External(f"sqlalchemy.Table().{name}"))

    def _columns(self) -> Iterator[tuple[str, Value]]:
        """Its columns by their names."""
        for item in self.args[2:]:
            if isinstance(item, Element) and item.kind == "Column" and text(item.get(0, "name")) is not None:
                yield text(item.get(0, "name")) or "", item

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Assign an attribute."""
        self.attributes[name] = value


@dataclass(eq=False, repr=False)
class PartialObject(Modelled):
    """An object of which only some attributes are known."""

    name: str
    attributes: Mapping[str, Value]

    def attribute(self, machine: Machine, name: str) -> Value:
        """The known attribute, or a library's."""
        return self.attributes.get(name, External(f"{self.name}.{name}"))

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """Assign an attribute."""
        self.attributes = {**self.attributes, name: value}


def element(name: str) -> FunctionModel:
    """The model of a SQLAlchemy function that keeps its arguments and its place."""
    return lambda machine, arguments: Element(
        name, arguments.args, arguments.keywords, arguments.place, arguments.complete
    )


def string(value: Value, what: str) -> str:
    """The string that a value is; raises `Untold` where the source does not tell it."""
    found = text(value)
    if found is None:
        raise Untold(f"{what} is computed" + (f": {value.why}" if isinstance(value, Unresolved) else ""))
    return found


def strings(value: Value, what: str) -> tuple[str, ...]:
    """The strings in a list."""
    value = settled(value)
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple):
        raise Untold(f"{what} are computed")
    return tuple(string(item, what) for item in value)


def flag(value: Value) -> bool | None:
    """A boolean, None where the source does not tell it."""
    value = settled(value)
    return bool(value) if isinstance(value, bool | int | None) else None
