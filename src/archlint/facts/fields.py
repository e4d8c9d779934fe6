"""Which fields of a record may hold further records: what a walk follows."""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TypeAlias

import msgspec

Inner: TypeAlias = Callable[[object], tuple[object, ...]]
"""Gives what the fields of a record hold, last first, as a stack takes them."""


def no_inner(record: object) -> tuple[object, ...]:
    """What a record of nothing but atoms holds."""
    return ()


class InnerFields(dict[type, "Inner | None"]):
    """By kind: the fields of a `base` record that may hold others, found once; None for all other kinds."""

    def __init__(self, base: type[msgspec.Struct]) -> None:
        super().__init__()
        self._base = base

    def __missing__(self, kind: type) -> Inner | None:
        self[kind] = _getter(kind) if issubclass(kind, self._base) else None
        return self[kind]


_ATOMS = {"str", "int", "bool", "str | None", "tuple[str, ...]", "str | int | float | bool | None"}


_DOORS = {"raw_body": "body"}
"""What has to be read by a property, which notices it."""


def _getter(kind: type[msgspec.Struct]) -> Inner:
    fields = (field.name for field in msgspec.structs.fields(kind))
    names = [_DOORS.get(name, name) for name in fields if _written(kind, name) not in _ATOMS]
    match names:
        case []:
            return no_inner
        case [name]:
            return lambda record: (getattr(record, name),)
        case _:
            return attrgetter(*reversed(names))


def _written(kind: type, field: str) -> str:
    return next(str(c.__annotations__[field]) for c in kind.__mro__ if field in c.__annotations__)
