"""`.env` files: names and values as python-dotenv's parser reads them, and where each stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import StringIO
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint.findings import Location, Unknown

if TYPE_CHECKING:
    from dotenv.parser import Binding


MAX_LINE = 20_000
"""python-dotenv's expressions take the square of a line's length."""


class Variable(Struct, frozen=True):
    """One `NAME=value`; `value` is raw, `${OTHER}` not filled in, and None where the line has no `=`."""

    name: str
    value: str | None
    location: Location


class DotenvFile(Struct, eq=False, frozen=True, dict=True):
    """The variables in the order of their lines, and the lines that are none."""

    path: str
    variables: tuple[Variable, ...] = ()
    problems: tuple[Unknown, ...] = ()


def read_dotenv(path: str, data: bytes) -> DotenvFile:
    """Read a file's content. Never raises: what is no assignment is a problem with its place."""
    from dotenv.parser import parse_stream

    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return DotenvFile(
            path, (), (Unknown(f"`{path}`", Location(path, line, 1, line, 1), "it is not UTF-8"),)
        )
    if line := next((n for n, t in enumerate(re.split(r"\r\n|\r|\n", text), 1) if len(t) > MAX_LINE), 0):
        place = Location(path, line, 1, line, 1)
        return DotenvFile(path, (), (Unknown(f"`{path}`", place, "this line is too long to be read"),))
    bindings = [(binding, _place(path, binding)) for binding in parse_stream(StringIO(text, newline=""))]
    return DotenvFile(path, tuple(_variables(bindings)), tuple(_problems(path, bindings)))


def _variables(bindings: list[tuple[Binding, Location]]) -> Iterator[Variable]:
    for binding, place in bindings:
        if binding.key is not None and not binding.error:
            yield Variable(binding.key, binding.value, place)


def _problems(path: str, bindings: list[tuple[Binding, Location]]) -> Iterator[Unknown]:
    for binding, place in bindings:
        if binding.error:
            yield Unknown(f"`{path}`", place, "this line is not an assignment")


def _place(path: str, binding: Binding) -> Location:
    """The assignment without the empty lines before it and the line end behind it."""
    original = binding.original.string
    text = original.lstrip()
    skipped = original[: len(original) - len(text)]
    start = binding.original.line + _line_ends(skipped)
    column = len(skipped) - max(skipped.rfind("\n"), skipped.rfind("\r"))
    text = text.rstrip()
    end = start + _line_ends(text)
    last = text[max(text.rfind("\n"), text.rfind("\r")) + 1 :]
    return Location(path, start, column, end, len(last) + (column if end == start else 1))


def _line_ends(text: str) -> int:
    return text.replace("\r\n", "\n").replace("\r", "\n").count("\n")
