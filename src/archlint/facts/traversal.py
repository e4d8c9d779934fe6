"""Walks over the nodes of a file: all of them, or the expressions within an expression."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from typing import Any, cast, get_args

from msgspec.structs import replace

from archlint.facts.fields import InnerFields, no_inner
from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    ClassDef,
    Comprehension,
    Constant,
    Dict,
    Evaluate,
    Expression,
    For,
    FString,
    FunctionDef,
    If,
    Lambda,
    Match,
    Name,
    Node,
    Operator,
    Sequence,
    Starred,
    Statement,
    Subscript,
    Try,
    Walrus,
    While,
    With,
)


def is_main_guard(test: Expression) -> bool:
    """Whether this is `__name__ == "__main__"`, which holds where the file is started as a program."""
    match test:
        case Operator(operator="compare", parts=(left, right), detail=("==",)):
            name, text = (right, left) if isinstance(left, Constant) else (left, right)
            return dotted(name) == "__name__" and isinstance(text, Constant) and text.value == "__main__"
    return False


def nested_blocks(statement: Statement) -> tuple[tuple[Statement, ...], ...]:
    """The blocks of a compound statement that run in the scope of the statement itself."""
    kind = type(statement)
    if kind not in OPENING:
        return ()
    if type(statement) is If:
        return (*[branch.body for branch in statement.branches], statement.orelse)
    match statement:
        case With():
            return (statement.body,)
        case Try():
            handled = [handler.body for handler in statement.handlers]
            return (statement.body, *handled, statement.orelse, statement.finally_)
        case For() | While():
            return statement.body, statement.orelse
        case Match():
            return tuple([case.body for case in statement.cases])
    return ()


def with_blocks(
    statement: Statement, change: Callable[[tuple[Statement, ...]], tuple[Statement, ...]]
) -> Statement:
    """A statement with each of its `nested_blocks` changed."""
    match statement:
        case If():
            branches = tuple(replace(one, body=change(one.body)) for one in statement.branches)
            return replace(statement, branches=branches, orelse=change(statement.orelse))
        case Try():
            handlers = tuple(replace(one, body=change(one.body)) for one in statement.handlers)
            body, orelse, last = map(change, (statement.body, statement.orelse, statement.finally_))
            return replace(statement, body=body, handlers=handlers, orelse=orelse, finally_=last)
        case For() | While():
            return replace(statement, body=change(statement.body), orelse=change(statement.orelse))
        case With():
            return replace(statement, body=change(statement.body))
        case Match():
            cases = tuple(replace(one, body=change(one.body)) for one in statement.cases)
            return replace(statement, cases=cases)
    return statement


OPENING = frozenset({For, If, Match, Try, While, With})
COMPOUND = (ClassDef, For, FunctionDef, If, Match, Try, While, With)
"""The statements that have blocks of statements."""


def nodes_by_kind(statements: Iterable[Statement]) -> dict[type[Node], list[Node]]:
    """Every node in the statements by its kind, in reading order: each file is walked so once."""
    found: dict[type, list[Node]] = {}
    pending: list[Any] = [tuple(statements)]
    while pending:
        current = pending.pop()
        kind = type(current)
        if kind is tuple:
            pending += current[::-1]
        elif (inner := INNER[kind]) is not None:
            if kind in found:
                found[kind].append(current)
            else:
                found[kind] = [current]
            if inner is not no_inner:
                pending += inner(current)
    return found


def all_nodes(root: Node, barriers: Container[type[Node]] = ()) -> Iterator[Node]:
    """`root` and every node in it, in reading order; what is below a node of a barrier's kind is left out."""
    pending: list[Any] = [root]
    while pending:
        current = pending.pop()
        kind = type(current)
        if kind is tuple:
            pending += current[::-1]
        elif (inner := INNER[kind]) is not None and (kind not in barriers or current is root):
            yield current
            if inner is not no_inner:
                pending += inner(current)


INNER = InnerFields(Node)


def walk_expressions(node: Expression) -> Iterator[Expression]:
    """`node` and every expression in it, outermost first, in reading order."""
    return (cast("Expression", inner) for inner in all_nodes(node) if type(inner) in _EXPRESSIONS)


_EXPRESSIONS = frozenset(get_args(Expression))


def children(node: Expression) -> Iterator[Expression]:
    """The expressions directly in `node`, in reading order."""
    kind = type(node)
    if kind is Name or kind is Constant:  # Most are, and to match no case takes longest.
        return
    if type(node) is Call:
        yield node.func
        yield from node.args
        yield from [keyword.value for keyword in node.keywords]
        return
    if type(node) is Attribute:
        yield node.value
        return
    match node:
        case Operator(parts=parts) | FString(parts=parts):
            yield from parts
        case Sequence(items=items):
            yield from items
        case Await(value=value) | Starred(value=value) | Walrus(value=value):
            yield value
        case Dict():
            for key, value in node.items:
                if key is not None:
                    yield key
                yield value
        case Subscript():
            yield node.value
            yield node.index
        case Lambda():
            yield from (p.default for p in node.parameters if p.default is not None)
            yield node.body
        case Comprehension():
            yield from comprehension_parts(node)
        case _:
            return


def comprehension_parts(node: Comprehension) -> Iterator[Expression]:
    """The expressions of a comprehension: what it yields, then each clause."""
    yield from (node.key, node.value) if node.key is not None else (node.value,)
    for clause in node.clauses:
        yield clause.target
        yield clause.iterable
        yield from clause.conditions


def dotted(node: Expression) -> str | None:
    """`a.b.c` for a chain of attributes on a name, else None."""
    if type(node) is Name:
        return node.id
    if type(node) is not Attribute:
        return None
    names = [node.attr]
    inner = node.value
    while type(inner) is Attribute:
        names.append(inner.attr)
        inner = inner.value
    if type(inner) is not Name:
        return None
    names.append(inner.id)
    names.reverse()
    return ".".join(names)


def is_none(expression: Expression) -> bool:
    """Whether it is `None`."""
    return isinstance(expression, Constant) and expression.value is None


def docstring(body: tuple[Statement, ...]) -> str | None:
    """The docstring of a definition or module with that body, None where it has none or an empty one."""
    match body[:1]:
        case (Evaluate(value=Constant(value=str() as found)),) if found.strip():
            return found
    return None
