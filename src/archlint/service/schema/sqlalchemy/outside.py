"""Tables that archlint cannot see being made: of calls that are handed the models' base or metadata."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.findings import Location
from archlint.service.interpreter.values import (
    Arguments,
    ClassObject,
    External,
    ExternalObject,
    Origin,
    Unresolved,
    Value,
    settled,
)
from archlint.service.schema.sqlalchemy.bases import BASE
from archlint.service.schema.sqlalchemy.values import Element, PartialObject

_KNOWN = frozenset({"alembic", "builtins", "geoalchemy2", "pydantic", "sqlalchemy", "sqlmodel", "typing"})
"""Packages that make no tables of what they are handed, or whose tables archlint reads."""


class Handed(Struct, frozen=True):
    """A call that was handed a base or a metadata and gives what is not known; `texts` may name tables."""

    place: Origin
    texts: frozenset[str]

    @property
    def location(self) -> Location:
        """The call."""
        return self.place.module.location(self.place.node)

    @property
    def why(self) -> str:
        """Why tables may come of it."""
        return f"what `{self.location.file}:{self.location.line}` does with the models' base is not followed"


def handed_base(callee: Value, arguments: Arguments, result: Value) -> Handed | None:
    """What a call may make, of which nothing is known but its name; None for any other call."""
    if not isinstance(result, ExternalObject | Unresolved) or isinstance(result, Element):
        return None
    given = [settled(one) for one in (*arguments.args, *arguments.keywords.values())]
    name = callee.name if isinstance(callee, External | ExternalObject) else ""
    is_class = len(given) == 3 and isinstance(given[1], list | tuple) and isinstance(given[2], dict)
    bases = [settled(one) for one in given[1]] if is_class and isinstance(given[1], list | tuple) else given
    if not any(map(_is_base, bases)) or (name.partition(".")[0] in _KNOWN and not is_class):
        return None
    return Handed(arguments.place, frozenset(_texts(given)))


def _is_base(value: Value) -> bool:
    own = settled(value.namespace.get("metadata")) if isinstance(value, ClassObject) else value
    is_metadata = isinstance(own, Element) and own.kind == "MetaData"
    return is_metadata or (isinstance(value, PartialObject) and value.name == BASE)


def _texts(values: Iterable[Value]) -> Iterator[str]:
    for value in map(settled, values):
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            yield from _texts(value.values())
