"""Evaluated values as JSON has them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeAlias

from archlint.service.interpreter.values import (
    REST,
    Configured,
    ExternalObject,
    Member,
    Unresolved,
    Value,
    settled,
    text,
)

JSONSchema: TypeAlias = dict[str, Any]
STRING: JSONSchema = {"type": "string"}
UNKNOWN_KEY = "x-archlint-unknown"


class UntoldValue(dict[str, Any]):
    """What stands in the document for a value that the source does not tell, with the reason."""

    def __init__(self, why: str) -> None:
        super().__init__({UNKNOWN_KEY: why})


def json_value(value: Value) -> Any:
    """The value as `jsonable_encoder` gives it; `UntoldValue` where the source does not tell it."""
    match value:
        case Configured():
            return json_value(value.default)
        case Member():
            return json_value(value.value)
        case str() | int() | float() | bool() | None:
            return value
        case list() | tuple():
            return [json_value(item) for item in value]
        case set() | frozenset():
            return sorted(map(json_value, value), key=repr)
        case dict():
            found = {_key(key): json_value(item) for key, item in value.items() if key is not REST}
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
    first = json_value(value.args[0]) if value.args else None
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
