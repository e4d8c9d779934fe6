"""Code that runs the first time only: `if _client is None: _client = connect()` and its relatives."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    Constant,
    Evaluate,
    Expression,
    If,
    Name,
    Operator,
    Return,
    Statement,
    Subscript,
)
from archlint.facts.traversal import dotted
from archlint.service.semantics.bindings import statements


def first_time_branches(statement: If, own_names: Container[str]) -> tuple[tuple[Statement, ...], ...]:
    """The branches that fill what the test found empty, where that outlives the call.

    `own_names` are those of the function's names that end with it.
    """
    kept: list[tuple[Statement, ...]] = []
    for branch in statement.branches:
        missing = [one for one in _missing(branch.test) if _outlives(one, own_names)]
        if any(_fills(branch.body, one) for one in missing):
            kept.append(branch.body)
        present = [one for one in _present(branch.test) if _outlives(one, own_names)]
        if any(_fills(statement.orelse, one) for one in present):
            kept.append(statement.orelse)
    return tuple(kept)


def fills_after_return(statement: If, following: tuple[Statement, ...], own_names: Container[str]) -> bool:
    """Whether `statement` is `if _client is not None: return …` and `following` set `_client`."""
    match statement:
        case If(branches=(branch,), orelse=()) if branch.body and isinstance(branch.body[-1], Return):
            present = (one for one in _present(branch.test) if _outlives(one, own_names))
            return any(_assigns(following, one) for one in present)
    return False


def _missing(test: Expression) -> Iterator[str]:
    """The names that `test` finds to be None, empty, or without a key or attribute."""
    match test:
        case Operator(operator="compare", detail=("is" | "==",), parts=(place, Constant(value=None))):
            yield _place(place)
        case Operator(operator="not", parts=(Call() as call,)):
            yield from _present(call)
        case Operator(operator="not", parts=(place,)):
            yield _place(place)
        case Operator(operator="compare", detail=("not in",), parts=(_, place)):
            yield _place(place)
        case Operator(operator="or" | "and", parts=parts):
            for part in parts:
                yield from _missing(part)


def _present(test: Expression) -> Iterator[str]:
    match test:
        case Operator(operator="compare", detail=("is not" | "!=",), parts=(place, Constant(value=None))):
            yield _place(place)
        case Operator(operator="compare", detail=("in",), parts=(_, place)):
            yield _place(place)
        case Call(func=Name(id="hasattr"), args=(owner, Constant(value=name))):
            yield f"{dotted(owner)}.{name}"
        case Name() | Attribute():
            yield _place(test)
        case Operator(operator="and", parts=parts):
            for part in parts:
                yield from _present(part)


def _place(node: Expression) -> str:
    while isinstance(node, Subscript):
        node = node.value
    return dotted(node) or ""


def _outlives(place: str, own_names: Container[str]) -> bool:
    """Whether what is stored there is still there in the next call."""
    first, dot, _ = place.partition(".")
    if dot:
        return first in {"self", "cls"} or first[:1].isupper()
    return bool(place) and place not in own_names


def _fills(body: tuple[Statement, ...], place: str) -> bool:
    return _assigns(body, place) or _calls_own_method(body, place)


def _assigns(body: Iterable[Statement], place: str) -> bool:
    return any(
        _place(target) == place
        for statement in statements(tuple(body))
        if isinstance(statement, Assign)
        for target in statement.targets
    )


def _calls_own_method(body: tuple[Statement, ...], place: str) -> bool:
    """`if self._model is None: self._load()`: the one statement is left to a method."""
    owner = place.rpartition(".")[0]
    match body:
        case (Evaluate(value=Call(func=Attribute(value=receiver))),) if owner:
            return dotted(receiver) == owner
    return False
