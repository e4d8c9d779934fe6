"""Expressions without what inference does not look at: two that are alike so are the same values to it.

It asks what an expression may be, and what that runs. Numbers are nothing to it, texts are alike where they
can be no name, and of comparisons, indexes and arithmetic it sees nothing: what is called in them it meets by
itself. What a local name is called matters as little.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    Comprehension,
    Constant,
    Dict,
    Expression,
    FString,
    Name,
    Operator,
    Sequence,
    Starred,
    Subscript,
    Walrus,
)

_NAMING = re.compile(r"\s*+[\w.'\"]++(\s*+[\[\],|]\s*+[\w.'\"]*+)*+\s*+")
"""A name, a dotted one, or an annotation as text: of an attribute, a task, a type. Nothing is tried twice."""
_WORD = re.compile(r"[a-z_][a-z0-9_]*")
_TEXT = " "


class Reduction(Struct, frozen=True):
    """What is left of a function's expressions, at the places where they stand.

    `defined` are the names that the repository defines, `own` stand for the function's local names. Keys of
    dicts say something where the function yields what an application keeps. What calls are given counts
    unless it is left out.
    """

    defined: frozenset[str]
    own: Mapping[str, str]
    keys: bool
    given: bool = True

    def of(self, node: Expression) -> Expression:
        """An expression without what inference does not look at."""
        match node:
            case Name(id=name):
                return replace(node, id=self.own.get(name, name))
            case Constant(value=value):
                return replace(node, value=self._value(value))
            case FString():
                return Constant(node.start, node.length, _TEXT)
            case Walrus(name=name, value=value):
                return replace(node, name=self.own.get(name, name), value=self.of(value))
            case Attribute(value=value) | Await(value=value) | Starred(value=value):
                return replace(node, value=self.of(value))
            case Call():
                return self._call(node)
            case Subscript(value=value, index=index):
                return replace(node, value=self.of(value), index=_nothing(index))
            case Comprehension(value=value):
                return replace(node, key=None, value=self.of(value), clauses=())
            case Sequence(items=items):
                return replace(node, items=tuple(one for _, one in self._items((None, one) for one in items)))
            case Dict(items=items):
                return replace(node, items=tuple(self._items(items)))
            case Operator():
                return self._operation(node)
        return node

    def _value(self, value: Any) -> Any:
        """One text for all that name nothing, one number for all that count as true."""
        if not isinstance(value, str):
            return value if value is None or isinstance(value, bool) else int(bool(value))
        is_word = _WORD.fullmatch(value) is not None and value not in self.defined
        return value if not value or (_NAMING.fullmatch(value) and not is_word) else _TEXT

    def _call(self, node: Call) -> Call:
        if not self.given:
            return replace(node, func=self.of(node.func), args=(), keywords=())
        args = tuple(map(self.of, node.args))
        match node:
            case Call(args=(_, Constant(value=str(name)) as named, *_)) if name.isidentifier():
                args = (args[0], named, *args[2:])  # getattr(owner, "name")
        keywords = tuple(replace(one, value=self.of(one.value)) for one in node.keywords)
        return replace(node, func=self.of(node.func), args=args, keywords=keywords)

    def _operation(self, node: Operator) -> Expression:
        told = yielded(node)
        return replace(node, parts=tuple(map(self.of, told))) if told else _nothing(node)

    def _items(
        self, items: Iterable[tuple[Expression | None, Expression]]
    ) -> Iterator[tuple[Expression | None, Expression]]:
        """The items of a container that may be anything, the first of all texts among them."""
        has_text = False
        for key, value in ((key, self.of(value)) for key, value in items):
            is_text = isinstance(value, Constant) and isinstance(value.value, str)
            if not (is_nothing(value) or (is_text and has_text)):
                yield key if self.keys else None, value
            has_text = has_text or is_text


def yielded(node: Operator) -> tuple[Expression, ...]:
    """The parts that tell what an operation is: those that it may give, or whose kind it has."""
    match node.operator, node.parts:
        case "if", (value, _, alternative):
            return value, alternative
        case (("or" | "and"), parts):
            return parts
        case (("/" | "+" | "|"), (first, *_)):
            return (first,)
    return ()


def is_nothing(node: Expression) -> bool:
    """Whether an expression is nothing to inference."""
    match node:
        case Constant(value=value):
            return not isinstance(value, str)
        case Name(id=name):
            return name == _NOTHING
    return False


def _nothing(node: Expression) -> Name:
    """What stands for an expression of which nobody asks what it is."""
    return Name(node.start, node.length, _NOTHING)


_NOTHING = "..."
