"""`re.sub` and `re.split` over short texts, by patterns that cannot take long."""

from __future__ import annotations

import re

from archlint.service.interpreter.machine import FunctionModel, Machine
from archlint.service.interpreter.values import Arguments, Unresolved, Value, text

_MAX_TEXT = 100
_MAX_REPETITIONS = 3
_SLOW = re.compile(r"\)[*+?{]|\\[1-9]")
"""A repeated group, and a reference to one, may try a text in very many ways."""


def library() -> dict[str, FunctionModel]:
    """The models of these functions, for `Semantics.library`."""
    return {"re.split": _split, "re.sub": _substitute}


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
