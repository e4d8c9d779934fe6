"""Methods of texts, lists, dicts and tuples: called for real, within the budget of the interpretation."""

from __future__ import annotations

from collections.abc import Sequence as Items
from typing import Any

from archlint.service.interpreter.machine import Machine
from archlint.service.interpreter.operators import compared
from archlint.service.interpreter.partial_texts import KnownText, PartialText, assembled, size
from archlint.service.interpreter.sizes import is_small
from archlint.service.interpreter.texts import formatted
from archlint.service.interpreter.values import (
    MAX_SIZE,
    REST,
    Arguments,
    Configured,
    Member,
    Native,
    Unresolved,
    Value,
    settled,
)

_SAME_TEXT = frozenset({
    *("get_secret_value", "render_as_string", "unicode_string"),
    *("update_query_dict", "update_query_pairs", "update_query_string"),
})  # fmt: skip
"""Methods of secrets and URLs, which stand here as texts, that keep the text as far as anybody asks."""

_METHODS: dict[type, frozenset[str]] = {
    str: frozenset({
        "format", "strip", "lstrip", "rstrip", "replace", "join", "lower", "upper", "title", "capitalize",
        "split", "rsplit", "startswith", "endswith", "removeprefix", "removesuffix", "partition",
        "rpartition",
        "count", "find", "index", "isdigit", "isupper", "islower", "isalpha", "isalnum", "encode", "casefold",
    }),
    PartialText: frozenset({
        "strip", "lstrip", "rstrip", "replace", "lower", "upper", "split", "rsplit", "startswith", "endswith",
        "removeprefix", "removesuffix", "partition", "rpartition",
    }),
    dict: frozenset({"get", "items", "keys", "values", "update", "pop", "setdefault", "copy", "clear"}),
    list: frozenset({
        "append", "extend", "insert", "remove", "pop", "copy", "index", "count", "reverse", "sort", "clear",
        "add", "discard", "union",
    }),
    tuple: frozenset({"index", "count"}),
}  # fmt: skip
_REMOVING = frozenset({"remove", "pop", "clear", "discard"})
_FINDING = frozenset({"get", "pop", "setdefault"})
_COMPARING = frozenset({"remove", "index", "count", "discard", "add", "union"})


def method(value: Value, name: str) -> Value:
    """The method of that name; unresolved where archlint does not follow it."""
    if isinstance(value, str | PartialText) and name in _SAME_TEXT:
        return Native(name, lambda machine, arguments: value)
    for kind, names in _METHODS.items():
        if isinstance(value, kind) and name in names:
            return Native(name, lambda machine, arguments: _call(machine, value, name, arguments))
    return value if isinstance(value, Unresolved) else Unresolved(f"attribute `{name}`")


def _call(machine: Machine, value: Value, name: str, arguments: Arguments) -> Value:
    why = f"`.{name}()` of values that the source does not tell"
    long = size(value) if isinstance(value, str | PartialText) else len(value)
    if isinstance(value, dict) and name == "update" and not _are_known(arguments):
        value[REST] = REST
    if not arguments.complete or long > MAX_SIZE:
        return Unresolved(why, arguments.place)
    if isinstance(value, str) and name == "format":
        return formatted(machine, value, arguments)
    if isinstance(value, str | PartialText):
        return _of_text(machine, value, name, arguments)
    if machine.conditions and name in _REMOVING:
        machine.kept.append((value, arguments.place))
        return _kept(machine, value, name, arguments)
    args = [settled(a) if isinstance(a, Configured) else a for a in arguments.args]
    growth = sum(len(a) for a in args if isinstance(a, list | tuple | dict)) if name != "append" else 0
    if not machine.affords(len(value) + growth) or (
        isinstance(value, dict) and not all(map(is_small, args[:1]))
    ):
        return _overflow(value, name, arguments)
    return _of_container(machine, value, name, args, arguments)


def _are_known(arguments: Arguments) -> bool:
    """Whether `update(…)` is told all that it puts into a dict."""
    return arguments.complete and all(
        isinstance(settled(given), dict | list | tuple) for given in arguments.args
    )


def _overflow(value: Value, name: str, arguments: Arguments) -> Value:
    """What is not done for its size leaves something unknown in the list."""
    unknown = Unresolved("it is too big to follow", arguments.place)
    if isinstance(value, list) and name in {"extend", "append", "insert"} and value[-1:] != [unknown]:
        value.append(unknown)
    return unknown


def _of_text(machine: Machine, value: KnownText, name: str, arguments: Arguments) -> Value:
    args = [_as_text(argument) for argument in arguments.args]
    keywords = {key: settled(argument) for key, argument in arguments.keywords.items()}
    unknown = Unresolved(f"`.{name}()` of values that the source does not tell", arguments.place)
    if isinstance(value, str) and name == "join" and len(args) == 1 and isinstance(args[0], list | tuple):
        return _joined(machine, value, args[0], unknown)
    if not all(map(_plain, (*args, *keywords.values()))):
        return unknown
    if not machine.affords(size(value) + _growth(value, name, args)):
        return Unresolved("the text is too long to follow", arguments.place)
    result = getattr(value, name)(*args, **keywords)
    return Unresolved("bytes", arguments.place) if isinstance(result, bytes) else result


def _joined(machine: Machine, glue: str, items: Items[Value], unknown: Unresolved) -> Value:
    """`glue.join(items)`, a hole for each that is not known to be a text."""
    pieces = [item if isinstance(item, str | PartialText) else unknown for item in items]
    if not machine.affords(sum(map(size, pieces)) + len(glue) * len(pieces)):
        return Unresolved("the text is too long to follow", unknown.place)
    return assembled([part for piece in pieces for part in (glue, piece)][1:])


def _growth(value: KnownText, name: str, args: list[Any]) -> int:
    """How much longer the result may be."""
    match name, args:
        case "replace", [str() as old, str() as new, *_]:
            return size(value) // max(len(old), 1) * len(new)
    return 0


def _of_container(
    machine: Machine, value: Value, name: str, args: list[Value], arguments: Arguments
) -> Value:
    if isinstance(value, list | tuple) and name in _COMPARING:
        return _compared(value, name, args)
    if name == "sort" and not all(isinstance(item, str | int | float) for item in value):
        return None  # the order of others decides no route
    keywords = {key: settled(argument) for key, argument in arguments.keywords.items()}
    if name == "sort" and keywords.keys() - {"reverse"}:
        return None
    if name in _FINDING and isinstance(value, dict) and REST in value and args[0] not in value:
        return REST
    result = getattr(value, name)(*args, **keywords)
    return list(result) if name in {"items", "keys", "values"} else result


def _kept(machine: Machine, value: Value, name: str, arguments: Arguments) -> Value:
    """Under a condition that nothing decides, what may be removed stays."""
    if name != "pop":
        return None
    key = arguments.args[0] if arguments.args else -1
    if isinstance(value, dict):
        return value.get(key, arguments.get(1, "default")) if is_small(key) else None
    return value[key] if isinstance(key, int) else None


def _compared(value: list[Value] | tuple[Value, ...], name: str, args: list[Value]) -> Value:
    """Methods that look for an item; objects are equal to themselves alone."""
    items = args[0] if name == "union" and args and isinstance(args[0], list | tuple) else args[:1]
    found = [position for position, item in enumerate(value) if compared("==", item, *args[:1]) is True]
    match name:
        case "count":
            return len(found)
        case "index":
            return found[0]
        case "remove" | "discard" if isinstance(value, list):
            for position in found[:1]:
                del value[position]
            return None
        case "add" if isinstance(value, list):
            value.extend([] if found else items)
            return None
    return [*value, *(item for item in items if not any(compared("==", item, one) for one in value))]


def _as_text(value: Value) -> Value:
    """Members of enumerations stand for their values where a string's method takes them."""
    if isinstance(value, list | tuple):
        items = [_as_text(item) for item in value]
        return items if isinstance(value, list) else tuple(items)
    return value.value if isinstance(value, Member) else settled(value)


def _plain(value: Value) -> bool:
    if isinstance(value, list | tuple):
        return is_small(value) and all(_plain(item) for item in value)
    return isinstance(value, str | int | float | bool | None)
