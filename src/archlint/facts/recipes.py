"""Makefiles and justfiles: their recipes with the lines that a shell gets.

make: GNU make manual, "Rule Syntax" and "Recipe Execution"; just: its manual, "Recipes" and "Shebang
Recipes". Variables that a file sets to plain words are filled in; others stay as they are written.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from msgspec import Struct

MAX_LINE = 2_000
"""A longer line declares nothing: the expressions below take the square of its length."""
_RULE = re.compile(r"([^\s:=#][^:=#]*?)\s*::?(?!=)(.*)")
_VARIABLE = re.compile(r"(?:export\s+)?([A-Za-z_]\w*)\s*(?::{0,3}|\?)=\s*(.*?)\s*")
_JUST_HEADER = re.compile(
    r"@?([A-Za-z_][\w-]*)(?:\s+[+*]?\$?[\w-]+(?:\s*=\s*(?:\"[^\"]*\"|'[^']*'|[^\s:\"'][^\s:]*))?)*\s*:(?!=).*"
)


class RecipeLine(Struct, frozen=True):
    """What one shell gets: `text` with its line ends, from `line` (from 1) and `column` on.

    `ignored` is true where the recipe says that a failure does not matter.
    """

    target: str
    text: str
    line: int
    column: int
    ignored: bool


def read_makefile(text: str) -> tuple[RecipeLine, ...]:
    """The recipe lines of a Makefile, continued lines in one."""
    return tuple(_make(text.split("\n")))


def read_justfile(text: str) -> tuple[RecipeLine, ...]:
    """The recipe lines of a justfile; a recipe that starts with `#!` is one script."""
    return tuple(_just(text.split("\n")))


def _make(lines: list[str]) -> Iterator[RecipeLine]:
    short = (line for line in lines if len(line) <= MAX_LINE)
    found = (match for line in short if (match := _VARIABLE.fullmatch(line)))
    variables: dict[str, str] = {match[1]: match[2] for match in found}
    target = ""
    for start, line in _joined(lines):
        if line.startswith("\t"):
            if target:
                yield _recipe(target, _expanded(line, variables), start)
        elif len(line) <= MAX_LINE and not line.startswith((" ", "#")) and (rule := _RULE.match(line)):
            target = rule[1].split()[0]
            _, separator, inline = rule[2].partition(";")
            if separator:
                indented = " " * (len(line) - len(inline)) + inline
                yield _recipe(target, _expanded(indented, variables), start)
        elif line.strip() and not line.startswith(("#", "ifeq", "ifneq", "ifdef", "else", "endif")):
            target = ""


def _recipe(target: str, line: str, number: int) -> RecipeLine:
    text = line.lstrip(" \t@-+")
    width = len(line) - len(text)
    return RecipeLine(target, text, number, width + 1, "-" in line[:width])


def _expanded(line: str, variables: Mapping[str, str]) -> str:
    """What make hands to the shell, one dollar for two; what follows them moves by as many."""
    return "$".join([_filled(part, variables) for part in line.split("$$")])


def _filled(line: str, variables: Mapping[str, str]) -> str:
    def value(match: re.Match[str]) -> str:
        found = variables.get(match[1] or match[2])
        return found if found and "$" not in found else match[0]

    return re.sub(r"\$(?:\((\w+)\)|\{(\w+)\})", value, line)


def _just(lines: list[str]) -> Iterator[RecipeLine]:
    number = 0
    while number < len(lines):
        header = _JUST_HEADER.fullmatch(lines[number]) if len(lines[number]) <= MAX_LINE else None
        number += 1
        if header is None:
            continue
        end = number
        while end < len(lines) and (not lines[end].strip() or lines[end][0] in " \t"):
            end += 1
        yield from _just_body(header[1], [_blanked(line) for line in lines[number:end]], number + 1)
        number = end


def _just_body(name: str, body: list[str], first: int) -> Iterator[RecipeLine]:
    if body and body[0].lstrip().startswith("#!"):
        if "sh" in body[0]:
            yield RecipeLine(name, "\n".join([body[0].lstrip(), *body[1:]]), first, 1, False)
        return
    for start, line in _joined(body):
        if line.strip():
            yield _recipe(name, line, first + start - 1)


def _blanked(line: str) -> str:
    """`{{ expressions }}` as variables of the same width, which nobody knows."""
    return re.sub(r"\{\{[^{}]*\}\}", lambda match: "$" + "_" * (len(match[0]) - 1), line)


def _joined(lines: list[str]) -> Iterator[tuple[int, str]]:
    """Lines with those that continue them, each with its number from 1."""
    number = 0
    while number < len(lines):
        start = number
        while lines[number].endswith("\\") and number + 1 < len(lines):
            number += 1
        number += 1
        yield start + 1, "\n".join(lines[start:number])
