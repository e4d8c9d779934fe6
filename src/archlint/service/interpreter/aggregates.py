"""Functions that make one value of many, `any`, `max`, `sum`, and what `operator` and `json` read."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import urljoin

from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.expressions import iterate
from archlint.service.interpreter.machine import FunctionModel, Machine, Modelled
from archlint.service.interpreter.values import Arguments, Native, Unresolved, Value, settled, text, truth

_NUMBERS = (int, float)


def aggregates() -> dict[str, FunctionModel]:
    """The builtins."""
    return {
        "all": lambda machine, arguments: _quantified(machine, arguments, decisive=False),
        "any": lambda machine, arguments: _quantified(machine, arguments, decisive=True),
        "max": lambda machine, arguments: _extreme(machine, arguments, largest=True),
        "min": lambda machine, arguments: _extreme(machine, arguments, largest=False),
        "sum": _sum,
    }


def readers() -> dict[str, FunctionModel]:
    """The library's functions that read parts of values."""
    return {
        "operator.attrgetter": lambda machine, arguments: _getter(arguments, by_name=True),
        "operator.itemgetter": lambda machine, arguments: _getter(arguments, by_name=False),
        "dataclasses.asdict": _as_dict,
        "functools.reduce": _reduce,
        "json.loads": _json,
        "urllib.parse.urljoin": _join_addresses,
        "builtins.eval": _run_text,
        "builtins.exec": _run_text,
    }


def _quantified(machine: Machine, arguments: Arguments, *, decisive: bool) -> Value:
    """`any` and `all`, by Kleene's logic."""
    items = iterate(machine, arguments.get(0, "iterable"))
    answers = [truth(item) for item in items or ()]
    if decisive in answers:
        return decisive
    return Unresolved("a condition", arguments.place) if items is None or None in answers else not decisive


def _extreme(machine: Machine, arguments: Arguments, *, largest: bool) -> Value:
    items = arguments.args if len(arguments.args) > 1 else iterate(machine, arguments.get(0, "iterable"))
    known: list[Any] = [settled(item) for item in items or ()]
    alike = all(isinstance(item, _NUMBERS) for item in known) or all(isinstance(item, str) for item in known)
    if not known or not alike or arguments.keywords:
        return Unresolved("the greatest or least of unknown items", arguments.place)
    return max(known) if largest else min(known)


def _sum(machine: Machine, arguments: Arguments) -> Value:
    items = iterate(machine, arguments.get(0, "iterable"))
    start = settled(arguments.get(1, "start", 0))
    known = [start, *(settled(item) for item in items or ())]
    if items is None or not all(isinstance(item, _NUMBERS) for item in known):
        return Unresolved("a sum of unknown items", arguments.place)
    return sum(known)


def _reduce(machine: Machine, arguments: Arguments) -> Value:
    items = iterate(machine, arguments.get(1, "iterable"))
    function, *_ = arguments.args
    values = [*arguments.args[2:3], *(items or ())]
    if items is None or not values:
        return Unresolved("unknown items", arguments.place)
    result = values[0]
    for value in values[1:]:
        result = machine.call(function, Arguments((result, value), {}, arguments.place))
    return result


def _join_addresses(machine: Machine, arguments: Arguments) -> Value:
    base, address = text(arguments.get(0, "base")), text(arguments.get(1, "url"))
    if base is None or address is None or not machine.affords(len(base) + len(address)):
        return Unresolved("an address that the source does not tell", arguments.place)
    return urljoin(base, address)


def _run_text(machine: Machine, arguments: Arguments) -> Value:
    """`exec` and `eval`: what the text does with the apps and routers that it may name."""
    written, place = text(arguments.get(0, "source")), arguments.place
    code = Unresolved("a text that is run as code", place)
    module = machine.loaded.get(place.module.path)
    for name, value in module.namespace.items() if module is not None else ():
        if isinstance(value, Modelled) and (written is None or re.search(rf"\b{name}\b", written)):
            machine.handed.append((value, code, place))
    return Unresolved("what a text gives that is run as code", place)


def _getter(arguments: Arguments, *, by_name: bool) -> Value:
    """`attrgetter("router")`, `itemgetter(0)`; of several parts nothing is told."""
    wanted = settled(arguments.args[0]) if len(arguments.args) == 1 else None
    if wanted is None or (by_name and not isinstance(wanted, str)):
        return Unresolved("parts that the source does not tell", arguments.place)

    def read(machine: Machine, given: Arguments) -> Value:
        value = given.args[0]
        if by_name:
            for name in str(wanted).split("."):
                value = attribute(machine, value, name)
            return value
        container = settled(value)
        return container[wanted] if isinstance(container, list | tuple | dict) else Unresolved("an item")

    return Native("getter", read)


def _as_dict(machine: Machine, arguments: Arguments) -> Value:
    return machine.call(
        attribute(machine, arguments.get(0, "obj"), "model_dump"), Arguments((), {}, arguments.place)
    )


def _json(machine: Machine, arguments: Arguments) -> Value:
    written = text(arguments.get(0, "s"))
    if written is None or arguments.keywords or not machine.affords(len(written)):
        return Unresolved("JSON that the source does not tell", arguments.place)
    return json.loads(written)
