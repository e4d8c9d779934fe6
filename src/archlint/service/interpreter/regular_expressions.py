"""`re` over short texts, by patterns that cannot take long."""

from __future__ import annotations

import re
from dataclasses import dataclass

from msgspec.structs import replace

from archlint.service.interpreter.machine import FunctionModel, Machine, Modelled
from archlint.service.interpreter.values import Arguments, Native, Unresolved, Value, settled, text

_MAX_TEXT = 100
_MAX_REPETITIONS = 3
_SLOW = re.compile(r"\)[*+?{]|\\[1-9]")
"""A repeated group, and a reference to one, may try a text in very many ways."""


def library() -> dict[str, FunctionModel]:
    """The models of these functions, for `Semantics.library`."""
    matchers = {f"re.{name}": _matched(name) for name in ("match", "search", "fullmatch")}
    return {"re.split": _split, "re.sub": _substitute, "re.compile": _compiled, **matchers}


@dataclass(eq=False, repr=False)
class _Pattern(Modelled):
    """`re.compile(pattern)`."""

    pattern: Value

    def attribute(self, machine: Machine, name: str) -> Value:
        """A function of `re`, to which it gives the pattern."""
        model = library().get(f"re.{name}")
        if model is None:
            return Unresolved(f"attribute `{name}` of a pattern")
        return Native(
            name, lambda machine, given: model(machine, replace(given, args=(self.pattern, *given.args)))
        )

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """It has none to assign."""


@dataclass(eq=False, repr=False)
class _Match(Modelled):
    """What a pattern found."""

    found: re.Match[str]

    def attribute(self, machine: Machine, name: str) -> Value:
        """Its groups."""
        if name == "group":
            return Native(name, lambda machine, given: self.found.group(*map(settled, given.args)))
        return Unresolved(f"attribute `{name}` of a match")

    def set_attribute(self, machine: Machine, name: str, value: Value) -> None:
        """It has none to assign."""


def _compiled(machine: Machine, arguments: Arguments) -> Value:
    pattern = arguments.get(0, "pattern")
    plain = text(pattern) is not None and len(arguments.args) + len(arguments.keywords) == 1
    return _Pattern(pattern) if plain else Unresolved("a pattern", arguments.place)


def _matched(name: str) -> FunctionModel:
    def call(machine: Machine, arguments: Arguments) -> Value:
        pattern, subject = text(arguments.get(0, "pattern")), text(arguments.get(1, "string"))
        unknown = Unresolved("whether a text fits a pattern", arguments.place)
        if pattern is None or subject is None or len(arguments.args) != 2 or _may_take_long(pattern, subject):
            return unknown
        try:
            found = getattr(re, name)(pattern, subject)
        except re.error:
            return unknown
        return None if found is None else _Match(found)

    return call


def _split(machine: Machine, arguments: Arguments) -> Value:
    pattern, subject = text(arguments.get(0, "pattern")), text(arguments.get(1, "string"))
    if pattern is None or subject is None or len(arguments.args) > 2 or _may_take_long(pattern, subject):
        return Unresolved("a text split by a pattern", arguments.place)
    try:
        return re.split(pattern, subject)
    except re.error:
        return Unresolved("a text split by a pattern", arguments.place)


def _substitute(machine: Machine, arguments: Arguments) -> Value:
    names = ("pattern", "repl", "string")
    pattern, replacement, subject = (text(arguments.get(i, name)) for i, name in enumerate(names))
    unknown = Unresolved("a substitution in a text", arguments.place)
    if pattern is None or replacement is None or subject is None or len(arguments.args) > 3:
        return unknown
    if _may_take_long(pattern, subject) or not machine.affords(len(subject) * (len(replacement) + 1)):
        return unknown
    try:
        return re.sub(pattern, replacement, subject)
    except (re.error, IndexError):
        return unknown


def _may_take_long(pattern: str, subject: str) -> bool:
    repetitions = len(re.findall(r"(?<!\\)[*+{]", pattern))
    long = max(len(pattern), len(subject)) > _MAX_TEXT
    return long or repetitions > _MAX_REPETITIONS or _SLOW.search(pattern) is not None
