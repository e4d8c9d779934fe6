"""What a file says of itself at a glance: what it imports, assigns and starts, made once when it is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec.structs import replace

from archlint.facts.syntax import (
    Alias,
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Evaluate,
    Expression,
    FunctionDef,
    If,
    Import,
    ImportFrom,
    Name,
    Sequence,
    Statement,
    Try,
    While,
)
from archlint.facts.traversal import COMPOUND, INNER, dotted, is_main_guard, nested_blocks
from archlint.facts.type_checking import TYPE_CHECKING, blocks, spellings_in


class Importing(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """An import statement and where it stands.

    It is `lazy` in a function, `guarded` in a `try` that catches its failure, and for `type_checking` where
    it is never run. The statement is equal to the one in the file's body, not the same object.
    """

    statement: Import | ImportFrom
    lazy: bool
    type_checking: bool
    guarded: bool


class Inside(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The names in one of the outermost functions of a file, or behind a name that only stands for others."""

    function: str
    is_decorated: bool
    names: tuple[str, ...]


class MentionedNames(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """The names in a file: `outside` of functions, `guarded` by a main guard there, `inside` of a function.

    These are names, the last parts of attributes and imports, and texts that could be one, each once at its
    place. Decorators, defaults and annotations stand outside of their function. What is imported, listed in
    `__all__` or given another name (`a = b`) outside of functions stands in `aliases`: whoever uses that name
    uses those behind it.
    """

    outside: tuple[str, ...]
    guarded: tuple[str, ...]
    inside: tuple[Inside, ...]
    aliases: tuple[Inside, ...]


class Outline(msgspec.Struct, frozen=True, gc=False, array_like=True):
    """What is known of a file without its statements.

    `imports` has every import statement, in reading order. Of the module's own statements, `assigned` has the
    dotted names that they assign, `called` those of the functions that they call for the sake of it, and
    `has_main_guard` whether one is `if __name__ == "__main__":` without `else`. `spellings` says how the file
    writes `typing.TYPE_CHECKING`, `defined` are the names of all functions and classes, each once, and
    `aliases` those that stand for others outside of functions.
    """

    imports: tuple[Importing, ...]
    assigned: tuple[str, ...]
    called: tuple[str, ...]
    has_main_guard: bool
    spellings: frozenset[str]
    defined: tuple[str, ...]
    aliases: tuple[str, ...]


def outline_of(body: tuple[Statement, ...], text: str, mentions: MentionedNames) -> Outline:
    """The outline of a file with that text, which mentions these names."""
    spellings = spellings_in(body) if TYPE_CHECKING in text else frozenset({TYPE_CHECKING})
    assigned = (dotted(target) for one in body if type(one) is Assign for target in one.targets)
    started = (one.value for one in body if type(one) is Evaluate)
    called = (dotted(value.func) for value in started if type(value) is Call)
    return Outline(
        tuple(_imports(body, _Around(spellings), text)),
        tuple(dict.fromkeys(name for name in assigned if name)),
        tuple(dict.fromkeys(name for name in called if name)),
        any(type(one) is If and _is_guard(one) for one in body),
        spellings,
        tuple(dict.fromkeys(_defined(body, text))),
        tuple(dict.fromkeys(one.function for one in mentions.aliases)),
    )


def _defined(body: tuple[Statement, ...], text: str) -> Iterator[str]:
    pending: list[tuple[Statement, ...]] = [body]
    while pending:
        for statement in pending.pop():
            if type(statement) is FunctionDef:
                yield statement.name
                if _has(text, statement.header_end, statement.end, "def", "class"):
                    pending.append(statement.raw_body)
            elif type(statement) is ClassDef:
                yield statement.name
                pending.append(statement.body)
            elif type(statement) in _COMPOUND:
                pending += nested_blocks(statement)


def _has(text: str, start: int, end: int, *words: str) -> bool:
    """Whether one of the words stands there: most blocks need not be walked for what they do not have."""
    return any(text.find(word, start, end) >= 0 for word in words)


def mentions_in(body: tuple[Statement, ...]) -> MentionedNames:
    """The names that a file mentions."""
    functions: list[FunctionDef] = []
    guards: list[If] = []
    aliases: list[Inside] = []
    outside = _names(body, functions, guards, aliases)
    inside = tuple(
        Inside(function.name, bool(function.decorators), _names(function.raw_body, None, guards))
        for function in functions
    )
    guarded = tuple(part for guard in guards for one in guard.branches for part in (one.test, one.body))
    return MentionedNames(outside, _names(guarded, None, None), inside, tuple(aliases))


def only(found: MentionedNames, wanted: frozenset[str]) -> MentionedNames:
    """What is wanted of the names that a file mentions, sorted; the functions and aliases all stay."""

    def of(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(sorted(wanted.intersection(names)))

    return MentionedNames(
        of(found.outside),
        of(found.guarded),
        tuple(replace(one, names=of(one.names)) for one in found.inside),
        tuple(replace(one, names=of(one.names)) for one in found.aliases),
    )


def _names(
    body: tuple[object, ...],
    functions: list[FunctionDef] | None,
    guards: list[If] | None,
    aliases: list[Inside] | None = None,
) -> tuple[str, ...]:
    """The names in a body; functions, main guards and aliases go into the lists that there are for them."""
    found: dict[str, None] = {}
    pending: list[Any] = [body]
    while pending:
        current = pending.pop()
        kind = type(current)
        if kind is tuple:
            pending += current[::-1]
        elif kind is Name:
            found[current.id] = None
        elif kind is Attribute:
            found[current.attr] = None
            pending.append(current.value)
        elif kind is Constant:
            if type(current.value) is str and current.value.isidentifier():
                found[current.value] = None
        elif kind not in _SPEAKING:
            if inner := INNER[kind]:
                pending += inner(current)
        elif aliases is not None and kind in _ALIASING and (alias := _alias(current)):
            aliases.append(alias)
        elif kind is Alias:
            found[current.name.rpartition(".")[2]] = None
        elif kind is FunctionDef and functions is not None:
            functions.append(current)
            pending += (current.returns, current.parameters, current.decorators)
        elif kind is If and guards is not None and _is_guard(current):
            guards.append(current)
        elif inner := INNER[kind]:
            pending += inner(current)
    return tuple(found)


_ALIASING = frozenset({Alias, Assign})
_SPEAKING = frozenset({Alias, Assign, FunctionDef, If})
"""What says more than the names in it."""


def _alias(node: object) -> Inside | None:
    """A name that a statement only makes stand for others."""
    match node:
        case Alias(name=name, asname=asname):
            last = name.rpartition(".")[2]
            return Inside(asname or last, False, (last,))
        case Assign(targets=(Name(id="__all__"),), value=Sequence(items=items)):
            listed = (one.value for one in items if isinstance(one, Constant))
            return Inside("__all__", False, tuple(one for one in listed if isinstance(one, str)))
        case Assign(targets=(Name(id=name),), value=Name() | Attribute() as value):
            return Inside(name, False, (name, *_names((value,), None, None)))
    return None


def _is_guard(statement: If) -> bool:
    return len(statement.branches) == 1 and is_main_guard(statement.branches[0].test)


class _Around(msgspec.Struct, frozen=True):
    """Where a block stands; the last fields are those of `Importing`."""

    spellings: frozenset[str]
    lazy: bool = False
    type_checking: bool = False
    guarded: bool = False


def _imports(body: tuple[Statement, ...], around: _Around, text: str) -> Iterator[Importing]:
    for statement in body:
        if type(statement) is Import or type(statement) is ImportFrom:
            yield Importing(statement, around.lazy, around.type_checking, around.guarded)
        elif type(statement) in _COMPOUND and _has(text, statement.start, statement.end, "import"):
            for block, inner in _blocks(statement, around):
                yield from _imports(block, inner, text)


_COMPOUND = frozenset(COMPOUND)


def _blocks(statement: Statement, around: _Around) -> Iterator[tuple[tuple[Statement, ...], _Around]]:
    match statement:
        case FunctionDef():
            yield statement.raw_body, replace(around, lazy=True)
        case ClassDef():
            yield statement.body, around
        case If() | While():
            for block, unseen in blocks(statement, around.spellings):
                yield block, replace(around, type_checking=around.type_checking or unseen)
        case Try() if any(_catches_import_errors(handler.types) for handler in statement.handlers):
            guarded = replace(around, guarded=True)
            yield from ((block, guarded) for block in nested_blocks(statement))
        case _:
            yield from ((block, around) for block in nested_blocks(statement))


def _catches_import_errors(types: Expression | None) -> bool:
    if isinstance(types, Sequence):
        return any(_catches_import_errors(item) for item in types.items)
    names = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
    return types is None or dotted(types) in names
