"""Evaluated values as JSON has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

from archlint.service.interpreter.values import (
    REST,
    Configured,
    ExternalObject,
    InstanceObject,
    Member,
    Unresolved,
    Value,
    settled,
    text,
)

JSONSchema: TypeAlias = dict[str, Any]
STRING: JSONSchema = {"type": "string"}
UNKNOWN_KEY = "x-archlint-unknown"
ENDLESS = "it contains itself, or is too big to write"
_MOST_PARTS = 50_000
_DEEPEST = 60


class UntoldValue(dict[str, Any]):
    """What stands in the document for a value that the source does not tell, with the reason."""

    def __init__(self, why: str) -> None:
        super().__init__({UNKNOWN_KEY: why})


def json_value(value: Value) -> Any:
    """The value as `jsonable_encoder` gives it; `UntoldValue` where it cannot be told or written."""
    return _plain(value) if is_writable(value) else UntoldValue(ENDLESS)


def is_writable(value: Value) -> bool:
    """Whether a value ends soon: it does not contain itself, has no parts that double and no deep ones."""
    pending, count = [(value, 0)], 0
    while pending:
        one, depth = pending.pop()
        count += 1
        if count > _MOST_PARTS or depth > _DEEPEST:
            return False
        pending.extend((part, depth + 1) for part in _parts(one))
    return True


def _parts(value: Value) -> Iterable[Value]:
    match value:
        case dict():
            return value.values()
        case list() | tuple() | set() | frozenset():
            return value
        case Configured(default=inner) | Member(value=inner):
            return (inner,)
        case ExternalObject(args=args):
            return args
        case InstanceObject(attributes=attributes):
            return attributes.values()
    return ()


def _plain(value: Value) -> Any:
    match value:
        case Configured():
            return _plain(value.default)
        case Member():
            return _plain(value.value)
        case str() | int() | float() | bool() | None:
            return value
        case list() | tuple():
            return [_plain(item) for item in value]
        case set() | frozenset():
            return sorted(map(_plain, value), key=repr)
        case dict():
            found = {_key(key): _plain(item) for key, item in value.items() if key is not REST}
            return found | UntoldValue(REST.why) if REST in value else found
        case ExternalObject():
            return _made(value)
        case Unresolved():
            return UntoldValue(value.why)
    return UntoldValue("it is not a value that archlint can compute")


def _key(value: Value) -> str:
    known = text(value)
    return known if known is not None else str(settled(value))


def _made(value: ExternalObject) -> Any:
    """What a library's constructor with plain arguments makes: decimals, paths and the like."""
    first = _plain(value.args[0]) if value.args else None
    match value.name:
        case "decimal.Decimal" | "pathlib.Path" | "uuid.UUID" | "pydantic.SecretStr" if first is not None:
            return str(first) if value.name != "pydantic.SecretStr" else "**********"
        case "builtins.frozenset" | "builtins.set":
            return first or []
        case "datetime.timedelta" if not value.args:
            return duration(value.keywords)
    return UntoldValue(f"`{value.name}(…)` is made when the service starts")


def duration(keywords: Mapping[str, Value], *, in_seconds: bool = False) -> Any:
    """A `timedelta(…)` of plain numbers as ISO 8601; `in_seconds` leaves out minutes and hours."""
    from datetime import timedelta

    numbers = {name: settled(number) for name, number in keywords.items()}
    if not all(isinstance(number, int | float) for number in numbers.values()):
        return UntoldValue("its parts are not numbers that the source tells")
    found = timedelta(**numbers)
    days, rest = divmod(int(found.total_seconds()), 86400)
    hours, rest = divmod(rest, 3600) if not in_seconds else (0, rest)
    minutes, seconds = divmod(rest, 60) if not in_seconds else (0, rest)
    time = "".join(f"{n}{unit}" for n, unit in ((hours, "H"), (minutes, "M"), (seconds, "S")) if n)
    return f"P{f'{days}D' if days else ''}{f'T{time}' if time else ''}" if days or time else "PT0S"
