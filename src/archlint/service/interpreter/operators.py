"""Operators over values: what is known of the operands decides what is known of the result."""

from __future__ import annotations

import operator as operators
from collections.abc import Callable
from typing import Any, cast

from archlint.service.interpreter.partial_texts import PartialText, assembled
from archlint.service.interpreter.sizes import is_small
from archlint.service.interpreter.values import (
    MAX_SIZE,
    Choice,
    ClassObject,
    Configured,
    External,
    ExternalObject,
    GenericExternal,
    Member,
    Native,
    Unresolved,
    Value,
    same,
)
from archlint.service.semantics.library_names import names_of

_PLAIN = (str, int, float, bool, type(None))
_TYPES = frozenset({"bool", "bytes", "dict", "float", "int", "list", "set", "str", "tuple"})
_MIXED = frozenset({"str", "int", "float"})
OLDEST_PYTHON = (3, 10)
"""The oldest version that is maintained (devguide.python.org/versions)."""
_ADDABLE = (str, int, float, list, tuple)


_NUMERIC: dict[str, Callable[[Any, Any], Any]] = {
    "-": operators.sub,
    "*": operators.mul,
    "/": operators.truediv,
    "//": operators.floordiv,
    "%": operators.mod,
    "|": operators.or_,
    "&": operators.and_,
    "^": operators.xor,
}
"""The operators whose result is about as large as what they are given."""


def arithmetic(operator: str, first: Value, second: Value) -> Value:
    """An arithmetic operator over known strings, numbers and containers, none of them large."""
    first, second = _plain_member(first), _plain_member(second)
    try:
        if _small(first) and _small(second):
            return _known(operator, first, second)
    except (TypeError, ValueError, ArithmeticError):
        pass
    return Unresolved(f"`{operator}` of values that the source does not tell")


def _known(operator: str, first: Value, second: Value) -> Value:
    match operator, first, second:
        case "+", _, _ if isinstance(first, _ADDABLE) and isinstance(second, _ADDABLE):
            return cast("Any", first) + second
        case "+", str() | PartialText(), str() | PartialText():
            return assembled((first, second))
        case "**", int(), int() if abs(first) < 1_000 and 0 <= second < 100:
            return cast("Value", first**second)
        case (("<<" | ">>"), int(), int()) if second < 100:
            return first << second if operator == "<<" else first >> second
        case _, (int() | float()), (int() | float()) if operator in _NUMERIC:
            return cast("Value", _NUMERIC[operator](first, second))
        case "|", dict(), dict():
            return {**first, **second}
        case (("-" | "&" | "|" | "^"), list(), list()):
            return _of_sets(operator, first, second)
        case "|", _, _ if _is_type(first) and _is_type(second):
            return GenericExternal("typing.Union", (first, second))
    return Unresolved(f"`{operator}` of such values")


def _of_sets(operator: str, first: list[Value], second: list[Value]) -> Value:
    """Sets stand here as lists without doubles; lists themselves know none of these operators."""
    inside, others = _all_in(second, first), _all_in(first, second)
    if None in inside or None in others:
        return Unresolved(f"`{operator}` of items that the source does not tell")
    only = [item for item, found in zip(first, inside, strict=True) if not found]
    new = [item for item, found in zip(second, others, strict=True) if not found]
    shared = [item for item, found in zip(first, inside, strict=True) if found]
    return {"-": only, "&": shared, "|": [*first, *new], "^": [*only, *new]}[operator]


def _all_in(container: list[Value], items: list[Value]) -> list[bool | None]:
    """Whether a set has each of the items; None of many that are more than texts and numbers."""
    if all(isinstance(one, _PLAIN) for one in (*container, *items)):
        return [*map(frozenset(container).__contains__, items)]
    return [_contains(container, one) if len(container) * len(items) < MAX_SIZE else None for one in items]


def _is_type(value: Value) -> bool:
    """Whether a `|` beside it makes a union: of classes and `None`; flags of libraries stay as they are."""
    is_builtin = isinstance(value, Native) and value.name in _TYPES
    return value is None or is_builtin or isinstance(value, ClassObject | GenericExternal)


def _small(value: Value) -> bool:
    """Paths, names and lists of routers are small; a loop that doubles something is no use to follow."""
    if isinstance(value, int | float):
        return abs(value) < MAX_SIZE**3
    return not hasattr(value, "__len__") or len(value) < MAX_SIZE


def compared(operator: str, first: Value, second: Value) -> bool | None:
    """A comparison; None where the source does not decide it."""
    if operator in {"in", "not in"}:
        found = _contains(second, first)
        return found if found is None or operator == "in" else not found
    if operator in _ORDERS:
        return _ordered(operator, first, second)
    equal = _equal(first, second)
    if equal is None:
        return None
    if operator in {"is", "is not"} and isinstance(first, _PLAIN) and isinstance(second, _PLAIN):
        equal = equal and type(first) is type(second)
    return {"==": equal, "is": equal, "!=": not equal, "is not": not equal, "<>": not equal}.get(operator)


_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operators.lt,
    "<=": operators.le,
    ">": operators.gt,
    ">=": operators.ge,
}


def _ordered(operator: str, first: Value, second: Value) -> bool | None:
    """Which is greater, of numbers, of texts and of small sequences of them."""
    if isinstance(first, External) and first.name == "sys.version_info":
        return _by_version(operator, second)
    plain = (int, float, str)
    first, second = _value_of_mixed(first), _value_of_mixed(second)
    for value in (first, second):
        items = value if isinstance(value, list | tuple) and is_small(value) else [value]
        if not all(isinstance(item, plain) for item in items):
            return None
    try:
        return _ORDERS[operator](first, second)
    except TypeError:
        return None


def _by_version(operator: str, bound: Value) -> bool | None:
    """Whether the interpreter is newer; that it is no older than the oldest that is maintained is certain."""
    items = bound if isinstance(bound, list | tuple) else [bound]
    if not items or not all(type(item) is int for item in items) or tuple(items) > OLDEST_PYTHON:
        return None
    return {">=": True, ">": True if tuple(items) < OLDEST_PYTHON else None, "<": False}.get(operator)


def _equal(first: Value, second: Value) -> bool | None:
    if isinstance(first, _PLAIN) and isinstance(second, _PLAIN):
        return bool(first == second)
    first, second = _value_of_mixed(first), _value_of_mixed(second)
    undecided = (Unresolved, Configured, Choice, ExternalObject)
    texts = (first, second) if isinstance(first, PartialText) else (second, first)
    if isinstance(texts[0], PartialText) and isinstance(texts[1], str):
        return None if texts[0].may_be(texts[1]) else False
    if isinstance(first, undecided) or isinstance(second, undecided):
        return None
    if same(first, second):
        return True
    named = [one for one in (first, second) if isinstance(one, External)]
    if named:  # an attribute of a library's object may be any text or number
        is_open = len(named) == 2 or ("()." in named[0].name and None not in (first, second))
        return None if is_open else False
    if isinstance(first, _PLAIN) and isinstance(second, _PLAIN):
        return bool(first == second)
    if isinstance(first, list | tuple | dict) and isinstance(second, list | tuple | dict):
        return _equal_containers(first, second)
    return False


def _equal_containers(first: Any, second: Any) -> bool | None:
    """Item by item; sets stand here as lists, in an order of their own."""
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        same_kind = isinstance(first, list) == isinstance(second, list)
        if not same_kind or len(first) != len(second):
            return False
        if not (is_small(first) and is_small(second)):
            return None
        answers = [_equal(one, other) for one, other in zip(first, second, strict=True)]
    elif isinstance(first, dict) and isinstance(second, dict):
        if first.keys() != second.keys():
            return False if all(map(_is_plain, (*first, *second))) else None
        answers = [_equal(value, second[key]) for key, value in first.items()] if is_small(first) else [None]
    else:
        return False
    return False if False in answers else None if None in answers else True


def _is_plain(value: Value) -> bool:
    return isinstance(value, _PLAIN)


def _contains(container: Value, item: Value) -> bool | None:
    if isinstance(container, str) and isinstance(item, str):
        return item in container
    if isinstance(container, PartialText) and isinstance(item, str):
        return container.contains(item)
    if not isinstance(container, list | tuple | dict | set):
        return None
    unknown = False
    for other in container:
        answer = _equal(item, other)
        if answer:
            return True
        unknown = unknown or answer is None
    return None if unknown else False


def _value_of_mixed(value: Value) -> Value:
    """A member of an enumeration that is a text or number, too, equals that; others only themselves."""
    if not (isinstance(value, Member) and isinstance(value.value, (*_PLAIN, Member))):
        return value
    bases = [base for one in value.cls.lineage() if isinstance(one, ClassObject) for base in one.bases]
    mixed = any(isinstance(base, Native) and base.name in _MIXED for base in bases)
    is_by_value = mixed or value.cls.derives_from(names_of("enumeration by value"))
    return _value_of_mixed(value.value) if is_by_value else value


def _plain_member(value: Value) -> Value:
    """A member that counts as what it stands for: texts, and what is an `int` or a flag of such."""
    if isinstance(value, Member) and isinstance(value.value, str):
        return value.value
    return _value_of_mixed(value)
