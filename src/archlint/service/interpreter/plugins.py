"""The entry points that a service's own project declares, as `importlib.metadata` gives them.

What other distributions declare for a group, an environment decides; so of a group that the project does not
have, nothing is known. https://packaging.python.org/en/latest/specifications/entry-points/
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.machine import FunctionModel, Machine
from archlint.service.interpreter.values import Arguments, Native, Unresolved, Value, text

Plugin: TypeAlias = tuple[str, str, str]
"""A group, and a name with its value in it: `query = "desk.routes.query:init"`."""


class EntryPoint(NamedTuple):
    """`importlib.metadata.EntryPoint`, as far as code asks for it."""

    name: str
    group: str
    value: str
    load: Value


def library(told: Sequence[Plugin]) -> dict[str, FunctionModel]:
    """The models of the functions that give entry points, for `Semantics.library`."""

    def found(machine: Machine, arguments: Arguments) -> Value:
        group, name = arguments.keywords.get("group"), text(arguments.keywords.get("name"))
        if not told or (group is not None and text(group) is None):
            return _unknown(arguments)
        if group is None:
            return {one: _of(told, one, None) for one, _, _ in told}
        return _of(told, text(group), name) or _unknown(arguments)

    def iterated(machine: Machine, arguments: Arguments) -> Value:
        group, name = text(arguments.get(0, "group")), text(arguments.get(1, "name"))
        return _of(told, group, name) or _unknown(arguments)

    return {
        "importlib.metadata.entry_points": found,
        "importlib_metadata.entry_points": found,
        "pkg_resources.iter_entry_points": iterated,
    }


def _of(told: Sequence[Plugin], wanted: str | None, named: str | None) -> list[Value]:
    chosen = (one for one in told if one[0] == wanted and named in {None, one[1]})
    return [EntryPoint(name, group, value, _loader(value)) for group, name, value in chosen]


def _loader(value: str) -> Native:
    """`entry_point.load()`: the module, or what it has under the name behind the colon."""
    module, _, names = value.partition("[")[0].partition(":")

    def load(machine: Machine, arguments: Arguments) -> Value:
        loaded = machine.imported(module.strip(), arguments.place.module)
        for name in filter(None, names.strip().split(".")):
            loaded = attribute(machine, loaded, name)
        return loaded

    return Native("load", load)


def _unknown(arguments: Arguments) -> Value:
    return Unresolved("entry points that an environment decides", arguments.place)
