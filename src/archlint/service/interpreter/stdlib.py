"""Python's own functions and the parts of its library on which services build their routers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from msgspec.structs import replace

from archlint.service.interpreter.aggregates import aggregates, readers
from archlint.service.interpreter.attributes import attribute, class_member, set_attribute
from archlint.service.interpreter.builtin_names import BUILTIN_NAMES
from archlint.service.interpreter.class_tests import is_instance, is_subclass
from archlint.service.interpreter.expressions import iterate
from archlint.service.interpreter.machine import FunctionModel, Machine, Modelled
from archlint.service.interpreter.texts import written
from archlint.service.interpreter.values import (
    REST,
    Arguments,
    Bound,
    Choice,
    ClassObject,
    Configured,
    Descriptor,
    External,
    ExternalObject,
    FunctionObject,
    InstanceObject,
    Member,
    Native,
    Partial,
    Unresolved,
    Value,
    choice,
    configured,
    distinct,
    each,
    settled,
    text,
    truth,
    usual,
)

CONSTANTS: dict[str, Value] = {"typing.TYPE_CHECKING": False, "typing_extensions.TYPE_CHECKING": False}
"""Values of the library's names."""

_MAX_RANGE = 5_000


def builtins() -> dict[str, Value]:
    """The names that need no import."""
    functions = {name: Native(name, call) for name, call in (_BUILTINS | aggregates()).items()}
    return {**{name: External(f"builtins.{name}") for name in BUILTIN_NAMES}, **functions, "__debug__": True}


def library() -> dict[str, FunctionModel]:
    """The models of Python's library, for `Semantics.library`."""
    named = {f"builtins.{name}": call for name, call in (_BUILTINS | aggregates()).items()}
    return dict(_LIBRARY) | readers() | named


def _iterated(build: Callable[[list[Value]], Value]) -> FunctionModel:
    def call(machine: Machine, arguments: Arguments) -> Value:
        if not arguments.args:
            return build([])
        items = iterate(machine, arguments.args[0])
        return (
            Unresolved("items that the source does not tell", arguments.place)
            if items is None
            else build(list(items))
        )

    return call


def _str(machine: Machine, arguments: Arguments) -> Value:
    value = arguments.get(0, "object", "")
    if isinstance(value, Choice):
        return each(value, [_str(machine, replace(arguments, args=(option,))) for option in value.values])
    known = written(machine, value, arguments.place)
    if known is None:
        return value if isinstance(value, Unresolved) else Unresolved("a text made of an unknown value")
    return configured(known, value.source) if isinstance(value, Configured) else known


def _converted(kind: type) -> FunctionModel:
    def call(machine: Machine, arguments: Arguments) -> Value:
        value = arguments.get(0, "x", kind())
        known = settled(value)
        if isinstance(known, str | int | float):
            result = kind(known)
            return configured(result, value.source) if isinstance(value, Configured) else result
        return Unresolved("a conversion of an unknown value")

    return call


def _bool(machine: Machine, arguments: Arguments) -> Value:
    value = arguments.get(0, "x")
    answer = truth(value)
    return Unresolved("a condition", expected=truth(usual(value))) if answer is None else answer


def _dict(machine: Machine, arguments: Arguments) -> Value:
    found: dict[Value, Value] = {}
    source = settled(arguments.args[0]) if arguments.args else {}
    pairs = iterate(machine, source)
    if pairs is None:
        return Unresolved("a dict of unknown items", arguments.place)
    if isinstance(source, dict):
        found.update(source)
    else:
        for pair in pairs:
            known = (
                isinstance(pair, tuple | list) and len(pair) == 2 and isinstance(pair[0], str | int | Member)
            )
            found |= {pair[0]: pair[1]} if known else {REST: REST}
    return found | dict(arguments.keywords) | ({} if arguments.complete else {REST: REST})


def _enumerate(machine: Machine, arguments: Arguments) -> Value:
    items = iterate(machine, arguments.get(0, "iterable"))
    start = settled(arguments.get(1, "start", 0))
    return (
        Unresolved("unknown items")
        if items is None
        else list(enumerate(items, start if isinstance(start, int) else 0))
    )


def _zip(machine: Machine, arguments: Arguments) -> Value:
    lists = [iterate(machine, arg) for arg in arguments.args]
    known = [items for items in lists if items is not None]
    return list(zip(*known, strict=False)) if len(known) == len(lists) else Unresolved("unknown items")


def _sorted(machine: Machine, arguments: Arguments) -> Value:
    """Plain items and sequences of them are sorted; for others the order is lost, which decides no route."""
    items = iterate(machine, arguments.get(0, "iterable"))
    if items is None:
        return Unresolved("unknown items")
    parts = [part for item in items for part in (item if isinstance(item, list | tuple) else [item])]
    if "key" in arguments.keywords or not all(isinstance(part, str | int | float) for part in parts):
        return list(items)
    return sorted(items, reverse=truth(arguments.get(2, "reverse", False)) is True)


def _range(machine: Machine, arguments: Arguments) -> Value:
    bounds = [settled(arg) for arg in arguments.args]
    if bounds and all(isinstance(bound, int) for bound in bounds):
        numbers = range(*bounds)
        if len(numbers) <= _MAX_RANGE and machine.affords(len(numbers)):
            return list(numbers)
    return Unresolved("an unknown range")


def _len(machine: Machine, arguments: Arguments) -> Value:
    value = arguments.get(0, "obj")
    known = settled(value)
    items = known if isinstance(known, str | list | tuple | dict) else iterate(machine, known)
    if items is None:
        return Unresolved("an unknown length")
    return configured(len(items), value.source) if isinstance(value, Configured) else len(items)


def _getattr(machine: Machine, arguments: Arguments) -> Value:
    name = text(arguments.get(1, "name"))
    if name is None:
        return Unresolved("an attribute by an unknown name", arguments.place)
    found = attribute(machine, arguments.get(0, "object"), name)
    if isinstance(found, Unresolved) and not found.parts and len(arguments.args) > 2:
        return arguments.args[2]
    return found


def _setattr(machine: Machine, arguments: Arguments) -> Value:
    name = text(arguments.get(1, "name"))
    if name is not None:
        set_attribute(machine, arguments.get(0, "object"), name, arguments.get(2, "value"))
    return None


def _hasattr(machine: Machine, arguments: Arguments) -> Value:
    name, value = text(arguments.get(1, "name")), arguments.get(0, "object")
    if name is None or isinstance(value, Unresolved | External | ExternalObject | Configured):
        return Unresolved("whether an attribute exists")
    found = attribute(machine, value, name)
    return not isinstance(found, Unresolved) or bool(found.parts)


def _callable(machine: Machine, arguments: Arguments) -> Value:
    value = settled(arguments.get(0, "obj"))
    if isinstance(value, Unresolved | External | ExternalObject | Choice):
        return Unresolved("whether it can be called", arguments.place)
    if isinstance(value, InstanceObject):
        return class_member(value.cls, "__call__") is not None
    return isinstance(value, FunctionObject | ClassObject | Native | Partial | Bound)


def _format(machine: Machine, arguments: Arguments) -> Value:
    """`format(value)`, without a specification or with the one that changes no text."""
    value = arguments.get(0, "value")
    known = written(machine, value, arguments.place, formatting=True)
    if known is None or text(arguments.get(1, "format_spec", "")) not in {"", "s"}:
        return Unresolved("a text that is formatted in a way that archlint does not follow", arguments.place)
    return configured(known, value.source) if isinstance(value, Configured) else known


def _type(machine: Machine, arguments: Arguments) -> Value:
    value = arguments.get(0, "object")
    if isinstance(value, InstanceObject):
        return value.cls
    return attribute(machine, value, "__class__") if isinstance(value, Modelled) else Unresolved("a type")


def _descriptor(kind: str) -> FunctionModel:
    return lambda machine, arguments: Descriptor(kind, arguments.get(0, "func"))


def _field_property(machine: Machine, arguments: Arguments) -> Value:
    """`@computed_field` above or around a property, with or without arguments."""
    value = arguments.get(0, "func")
    if isinstance(value, Descriptor):
        return value
    if value is None:
        return Native("computed_field", _field_property)
    return Descriptor("property", value)


def _wraps(machine: Machine, arguments: Arguments) -> Value:
    wrapped = arguments.get(0, "wrapped")

    def apply(machine: Machine, applied: Arguments) -> Value:
        function = applied.get(0, "func")
        set_attribute(machine, function, "__wrapped__", wrapped)
        return function

    return Native("wraps", apply)


def _update_wrapper(machine: Machine, arguments: Arguments) -> Value:
    set_attribute(machine, arguments.get(0, "wrapper"), "__wrapped__", arguments.get(1, "wrapped"))
    return arguments.get(0, "wrapper")


def _partial(machine: Machine, arguments: Arguments) -> Value:
    """A partial of a partial is one of the function behind it, as in Python."""
    function, args, keywords = arguments.args[0], arguments.args[1:], arguments.keywords
    if isinstance(function, Partial):
        merged = {**function.keywords, **keywords}
        return Partial(function.function, (*function.args, *args), merged)
    return Partial(function, args, keywords)


def _kept(machine: Machine, arguments: Arguments) -> Value:
    """A decorator that keeps what it decorates, with or without arguments of its own."""
    value = arguments.get(0, "func")
    if isinstance(value, FunctionObject | ClassObject | Descriptor):
        return value
    return Native("decorator", lambda machine, applied: applied.get(0, "func"))


def _environment(machine: Machine, arguments: Arguments) -> Value:
    """`os.getenv(name, default)`: the default, if the source has one."""
    name = text(arguments.get(0, "key")) or "?"
    missing = Unresolved(f"environment variable `{name}`", arguments.place)
    default = arguments.get(1, "default", missing)
    if default is missing:
        return Configured(missing, f"${name}", None, arguments.place)
    return configured(default, f"${name}", arguments.place)


def _config(machine: Machine, arguments: Arguments) -> Value:
    """`config(name, cast, default)` of starlette and decouple."""
    name = text(arguments.get(0, "key")) or "?"
    missing = Unresolved(f"environment variable `{name}`", arguments.place)
    return configured(arguments.keywords.get("default", missing), f"${name}", arguments.place)


def _first(machine: Machine, arguments: Arguments) -> Value:
    return arguments.get(0, "value")


def _cast(machine: Machine, arguments: Arguments) -> Value:
    return arguments.get(1, "val")


def _map(machine: Machine, arguments: Arguments) -> Value:
    """`map(function, items)`, called at once: laziness changes no route."""
    items = iterate(machine, arguments.get(1, "iterable"))
    if len(arguments.args) != 2:
        return Unresolved("unknown items", arguments.place)
    if items is None:
        with machine.condition(arguments.place, "for each of unknown items"):
            unknown = Unresolved("an item of something that the source does not tell", arguments.place)
            _called_with(machine, arguments, unknown)
        return Unresolved("unknown items", arguments.place)
    return [_called_with(machine, arguments, item) for item in items]


def _called_with(machine: Machine, arguments: Arguments, item: Value) -> Value:
    return machine.call(arguments.args[0], Arguments((item,), {}, arguments.place))


def _filter(machine: Machine, arguments: Arguments) -> Value:
    items = iterate(machine, arguments.get(1, "iterable"))
    if items is None:
        return Unresolved("unknown items", arguments.place)
    test = arguments.get(0, "function")
    answers = [
        item if test is None else machine.call(test, Arguments((item,), {}, arguments.place))
        for item in items
    ]
    return [item for item, answer in zip(items, answers, strict=True) if truth(answer) is not False]


def _next(machine: Machine, arguments: Arguments) -> Value:
    iterator = settled(arguments.get(0, "iterator"))
    if isinstance(iterator, list) and iterator and not machine.conditions:
        return iterator.pop(0)
    items = iterate(machine, iterator)
    if items:
        return items[0]
    return Unresolved("the next of unknown items") if items is None else arguments.get(1, "default")


_BUILTINS: dict[str, FunctionModel] = {
    "str": _str,
    "int": _converted(int),
    "float": _converted(float),
    "bool": _bool,
    "list": _iterated(list),
    "tuple": _iterated(tuple),
    "set": _iterated(distinct),
    "frozenset": _iterated(distinct),
    "reversed": _iterated(lambda items: list(reversed(items))),
    "iter": _iterated(list),
    "dict": _dict,
    "enumerate": _enumerate,
    "zip": _zip,
    "sorted": _sorted,
    "range": _range,
    "len": _len,
    "getattr": _getattr,
    "setattr": _setattr,
    "hasattr": _hasattr,
    "isinstance": is_instance,
    "issubclass": is_subclass,
    "callable": _callable,
    "format": _format,
    "type": _type,
    "property": _descriptor("property"),
    "staticmethod": _descriptor("staticmethod"),
    "classmethod": _descriptor("classmethod"),
    "map": _map,
    "filter": _filter,
    "next": _next,
}

_LIBRARY: dict[str, Any] = {
    "functools.wraps": _wraps,
    "functools.update_wrapper": _update_wrapper,
    "functools.partial": _partial,
    "functools.lru_cache": _kept,
    "functools.cache": _kept,
    "functools.cached_property": _descriptor("property"),
    "contextlib.asynccontextmanager": _kept,
    "contextlib.contextmanager": _kept,
    "dataclasses.dataclass": _kept,
    "pydantic.dataclasses.dataclass": _kept,
    "pydantic.computed_field": _field_property,
    "abc.abstractmethod": _kept,
    "typing.cast": _cast,
    "typing.overload": _kept,
    "os.getenv": _environment,
    "os.environ.get": _environment,
    **{f"environs.Env(){method}": _environment for method in ("", ".bool", ".float", ".int", ".str")},
    "starlette.config.Config()": _config,
    "decouple.AutoConfig()": _config,
    "decouple.config": _config,
    "copy.copy": _first,
    "copy.deepcopy": _first,
    "itertools.chain": lambda machine, arguments: [
        item for arg in arguments.args for item in iterate(machine, arg) or ()
    ],
    "types.SimpleNamespace": lambda machine, arguments: ExternalObject(
        "types.SimpleNamespace", arguments.args, arguments.keywords
    ),
    "typing.TypeVar": lambda machine, arguments: Unresolved("a type variable"),
    "asyncio.run": _first,
    "operator.or_": lambda machine, arguments: choice(list(arguments.args)),
}
