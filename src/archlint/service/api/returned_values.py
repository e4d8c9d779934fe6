"""What is read of a function to tell what it returns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TypeGuard

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Await,
    Call,
    Constant,
    Expression,
    FunctionDef,
    If,
    Name,
    Node,
    Operator,
    Return,
    Statement,
)
from archlint.facts.traversal import all_nodes
from archlint.service.semantics.bindings import statements

_PAGE_NAME = re.compile(r"(^|_)(html|index)(_|$)", re.IGNORECASE)
_SAYING = frozenset({"headers", "media_type", "status_code"})


@function_summary
def answers(source: PythonSource, function: FunctionDef) -> tuple[object, ...]:
    """What is read of a function to tell what it returns: that, and what is given to the names in it."""
    returns = [one for one in statements(function.body) if isinstance(one, Return)]
    assignments = [one for one in statements(function.body) if isinstance(one, Assign)]
    told = [_told(one.value) for one in returns]
    names: set[str] = set()
    while new := {name for one in told for name in _names_in(one)} - names:
        names |= new
        told += [_told(one.value) for one in assignments if any(assigns(one, name) for name in new)]
    given = (
        (name, _told(one.value), one.annotation)
        for one in assignments
        for name in sorted(names)
        if assigns(one, name)
    )
    return tuple(_told(one.value) for one in returns), tuple(given)


def _told(value: Expression | None) -> tuple[object, ...]:
    """Of an expression, what tells what it gives back."""
    match value:
        case Await(value=inner):
            return (Await, _told(inner))
        case Operator(operator="if", parts=(first, _, second)):
            return (If, _told(first), _told(second))
        case Call(func=func, args=args, keywords=keywords):
            said = tuple(one for one in keywords if one.name in _SAYING)
            return (Call, func, args[1:2], said, names_page(value))
        case Name() | Attribute():
            return (value,)
        case Constant(value=constant):
            return (Constant, constant is None)
    return (type(value),)


def names_page(call: Call) -> bool:
    """Whether the file that a response sends, its first argument, is called like a page of HTML."""
    given = (*call.args[:1], *(keyword.value for keyword in call.keywords if keyword.name == "path"))
    return any(_is_page(node) for one in given for node in all_nodes(one))


def _is_page(node: Node) -> bool:
    match node:
        case Constant(value=str(name)):
            return name.endswith((".html", ".htm"))
        case Name(id=name) | Attribute(attr=name):
            return _PAGE_NAME.search(name) is not None
    return False


def _names_in(told: tuple[object, ...]) -> Iterator[str]:
    for part in told:
        if isinstance(part, tuple):
            yield from _names_in(part)
        elif isinstance(part, Node):
            yield from (node.id for node in all_nodes(part) if isinstance(node, Name))


def assigns(statement: Statement, name: str) -> TypeGuard[Assign]:
    """Whether a statement gives the name a value."""
    targets = statement.targets if isinstance(statement, Assign) else ()
    return any(isinstance(target, Name) and target.id == name for target in targets)
