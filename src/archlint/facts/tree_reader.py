"""What the readers of expressions and statements share: spans, texts, parameters and arguments."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from archlint.facts.syntax import (
    Attribute,
    Call,
    Expression,
    Keyword,
    Name,
    Operator,
    Parameter,
    Starred,
    Subscript,
)

if TYPE_CHECKING:
    from tree_sitter import Node as Tree


MAX_DEPTH = 120
"""Expressions nested deeper than this are opaque: nobody writes them, and the stack is finite."""

_CONTINUED = re.compile(rb"[\x80-\xbf]")
"""A byte that begins no code point in UTF-8."""

SKIPPED = frozenset({"comment", "line_continuation", "ERROR"})
"""The types of nodes that mean nothing."""


class TreeReader:
    """Turns expression nodes into records; offsets in bytes become offsets in code points."""

    readers: ClassVar[Mapping[str, Callable[[Any, Tree], Expression]]] = {}
    """What reads the nodes of each type; others are opaque."""

    def __init__(self, data: bytes, text: str, *, is_whole: bool = False) -> None:
        self.data = data
        self.is_whole = is_whole
        """Whether the grammar found no error: what has as many children as its rule has no others."""

        self.source = text
        self.bounds: Callable[[Tree], tuple[int, int]] = (
            attrgetter("byte_range") if data.isascii() else _in_code_points(data)
        )
        """Gives where a node starts and ends, in code points."""
        self.depth = 0
        self.has_stars = False

    def span(self, node: Tree) -> tuple[int, int]:
        """Where a node starts, and its length, in code points."""
        start, end = self.bounds(node)
        return start, end - start

    def expression(self, node: Tree) -> Expression:
        """The record of an expression, type or pattern node."""
        return self._of_kind(node, node.type)

    def _of_kind(self, node: Tree, kind: str) -> Expression:
        if self.depth >= MAX_DEPTH:
            return Operator(*self.span(node), "opaque", ())
        if kind == "identifier":  # Most are.
            start, end = self.bounds(node)
            return Name(start, end - start, self.source[start:end])
        self.depth += 1
        found = self.readers.get(kind, opaque)(self, node)
        self.depth -= 1
        if self.has_stars and self.data.startswith(b"*", node.start_byte):
            return _starred_whole(found)
        return found

    def expressions(self, nodes: Iterable[Tree]) -> tuple[Expression, ...]:
        """The records of several nodes."""
        return tuple([self._of_kind(node, node.type) for node in nodes])

    def parts(self, node: Tree) -> tuple[Expression, ...]:
        """The records of a node's `named` children."""
        kinds = ((child, child.type) for child in node.named_children)
        return tuple([self._of_kind(child, kind) for child, kind in kinds if kind not in SKIPPED])

    def children(self, node: Tree, count: int) -> list[Tree] | None:
        """All children of a node whose rule has so many; None where something else stands among them.

        To take a child by its place takes a quarter of the time that it takes by its field.
        """
        found = node.children
        return found if len(found) == count and self.is_whole else None

    def optional(self, node: Tree | None) -> Expression | None:
        """The record of a node that may be absent."""
        return None if node is None else self.expression(node)

    def field(self, node: Tree, name: str) -> Expression:
        """The record of a field; opaque where a syntax error took it away."""
        child = node.child_by_field_name(name)
        return Operator(*self.span(node), "opaque", ()) if child is None else self.expression(child)

    def text(self, node: Tree) -> str:
        """The node's source text."""
        start, end = self.bounds(node)
        return self.source[start:end]

    def parameters(self, node: Tree | None) -> tuple[Parameter, ...]:
        """The parameters of a function or lambda, with their kinds."""
        found: list[Parameter] = []
        kind = "normal"
        for child in named(node):
            if child.type == "positional_separator":
                found = [_positional(parameter) for parameter in found]
            elif child.type == "keyword_separator":
                kind = "keyword"
            else:
                found.append(self._parameter(child, kind))
                kind = "keyword" if found[-1].kind == "*" else kind
        return tuple(found)

    def _parameter(self, node: Tree, kind: str) -> Parameter:
        written = node.type
        if written == "identifier":
            return Parameter(*self.span(node), self.text(node), kind, None, None)
        name = node.child_by_field_name("name") or node
        if written == "typed_parameter":
            name = node.named_children[0]
        if name.type in {"list_splat_pattern", "dictionary_splat_pattern"}:
            kind = "*" if name.type == "list_splat_pattern" else "**"
            name = name.named_children[-1] if name.named_children else name
        annotation = self.optional(node.child_by_field_name("type"))
        default = self.optional(node.child_by_field_name("value"))
        return Parameter(*self.span(node), self.text(name), kind, annotation, default)

    def arguments(self, node: Tree | None) -> tuple[tuple[Expression, ...], tuple[Keyword, ...]]:
        """Positional arguments and keywords of a call or of a class's bases."""
        args: list[Expression] = []
        keywords: list[Keyword] = []
        for child in () if node is None else node.named_children:
            kind = child.type
            if kind == "keyword_argument":
                own = self.children(child, 3)
                value = self.expression(own[2]) if own else self.field(child, "value")
                keywords.append(Keyword(*self.span(child), self.text(child.children[0]), value))
            elif kind == "dictionary_splat":
                keywords.append(Keyword(*self.span(child), None, self.expression(child.named_children[-1])))
            elif kind not in SKIPPED:
                args.append(self._of_kind(child, kind))
        return tuple(args), tuple(keywords)


def _in_code_points(data: bytes) -> Callable[[Tree], tuple[int, int]]:
    continued = [match.start() for match in _CONTINUED.finditer(data)]

    def bounds(node: Tree) -> tuple[int, int]:
        start, end = node.byte_range
        return start - bisect_left(continued, start), end - bisect_left(continued, end)

    return bounds


def named(node: Tree | None) -> list[Tree]:
    """The named children that mean something: no comments, no errors."""
    return [] if node is None else [c for c in node.named_children if c.type not in SKIPPED]


def _starred_whole(node: Expression) -> Expression:
    """The grammar reads `[*a.b]` as `[(*a).b]`, and so all that may follow the star."""
    span = (node.start, node.length)
    match node:
        case Attribute(value=Starred(value=inner), attr=attr):
            return Starred(*span, Attribute(*_from(inner, node), inner, attr))
        case Call(func=Starred(value=inner), args=args, keywords=keywords):
            return Starred(*span, Call(*_from(inner, node), inner, args, keywords))
        case Subscript(value=Starred(value=inner), index=index):
            return Starred(*span, Subscript(*_from(inner, node), inner, index))
        case Operator(operator=operator, parts=(Starred(value=inner), *rest), detail=detail):
            return Starred(*span, Operator(*_from(inner, node), operator, (inner, *rest), detail))
    return node


def _from(first: Expression, whole: Expression) -> tuple[int, int]:
    """The span from one expression on to the end of another."""
    return first.start, whole.end - first.start


def _positional(parameter: Parameter) -> Parameter:
    kind = "positional" if parameter.kind == "normal" else parameter.kind
    span = (parameter.start, parameter.length)
    return Parameter(*span, parameter.name, kind, parameter.annotation, parameter.default)


def opaque(reader: TreeReader, node: Tree) -> Expression:
    """What is kept of a node that no reader knows: the expressions in it."""
    return Operator(*reader.span(node), "opaque", reader.parts(node), (node.type,))
