"""Code that runs the first time only: `if _client is None: _client = connect()` and its relatives."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import TypeAlias

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Await,
    Call,
    ClassDef,
    Constant,
    Evaluate,
    Expression,
    FunctionDef,
    If,
    Name,
    Operator,
    Return,
    Simple,
    Statement,
    Subscript,
)
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.semantics.bindings import statements

Setters: TypeAlias = Mapping[str, frozenset[str]]
"""The functions of a file that set its variables, by name: those that they set."""

_FILLING = frozenset({"add", "append", "extend", "setdefault", "update"})
"""Methods by which a container is filled."""


@summary
def setters_of(source: PythonSource) -> Setters:
    """What the functions of a file assign that they declare `global`, and the methods of their object.

    Methods and attributes have the names by which they name each other: `self.load` sets `self.model`.
    """
    found: dict[str, frozenset[str]] = {}
    for name, places in (*_set_by_functions(source), *_set_by_methods(source)):
        if places:
            found[name] = found.get(name, frozenset()) | places
    return found


def _set_by_functions(source: PythonSource) -> Iterator[tuple[str, frozenset[str]]]:
    for function in (one for one in source.body if isinstance(one, FunctionDef)):
        inner = tuple(statements(function.body))
        declared = (one.parts for one in inner if type(one) is Simple and one.keyword == "global")
        names = {part.id for parts in declared for part in parts if isinstance(part, Name)}
        yield function.name, frozenset(name for name in names if _assigns(inner, name))


def _set_by_methods(source: PythonSource) -> Iterator[tuple[str, frozenset[str]]]:
    classes = (one for one in source.body if isinstance(one, ClassDef))
    for method in (one for cls in classes for one in cls.body if isinstance(one, FunctionDef)):
        if method.parameters:
            owner = f"{method.parameters[0].name}."
            yield owner + method.name, frozenset(p for p in _assigned(method.body) if p.startswith(owner))


def first_time_branches(
    statement: If, own_names: Container[str], setters: Setters
) -> tuple[tuple[Statement, ...], ...]:
    """The branches that fill what the test found empty, where that outlives the call.

    `own_names` are those of the function's names that end with it, `setters` the file's.
    """
    kept: list[tuple[Statement, ...]] = []
    for branch in statement.branches:
        missing = [one for one in _missing(branch.test) if _outlives(one, own_names)]
        if any(_fills(branch.body, one, setters) for one in missing):
            kept.append(branch.body)
        present = [one for one in _present(branch.test) if _outlives(one, own_names)]
        if any(_fills(statement.orelse, one, setters) for one in present):
            kept.append(statement.orelse)
    return tuple(kept)


def fills_after_return(
    statement: If, following: tuple[Statement, ...], own_names: Container[str], setters: Setters
) -> bool:
    """Whether `statement` is `if _client is not None: return …` and `following` set `_client`."""
    match statement:
        case If(branches=(branch,), orelse=()) if branch.body and isinstance(branch.body[-1], Return):
            present = (one for one in _present(branch.test) if _outlives(one, own_names))
            return any(_sets_somewhere(following, one, setters) for one in present)
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


def _fills(body: tuple[Statement, ...], place: str, setters: Setters) -> bool:
    return _sets_somewhere(body, place, setters) or _calls_own_method(body, place)


def _sets_somewhere(body: tuple[Statement, ...], place: str, setters: Setters) -> bool:
    return _assigns(body, place) or any(_sets(call, place, setters) for call in _calls(body))


def _calls(body: tuple[Statement, ...]) -> Iterator[Call]:
    """The calls that are statements by themselves, or whose result is kept."""
    for statement in statements(body):
        value = statement.value if isinstance(statement, Evaluate | Assign | Return) else None
        value = value.value if isinstance(value, Await) else value
        if isinstance(value, Call):
            yield value


def _sets(call: Call, place: str, setters: Setters) -> bool:
    """Whether it is a function of the file that sets the variable, or fills it as a container."""
    match call.func:
        case Attribute(value=owner, attr=attr) if attr in _FILLING and _place(owner) == place:
            return True
    return place in setters.get(dotted(call.func) or "", ())


def _assigns(body: Iterable[Statement], place: str) -> bool:
    return place in _assigned(body)


def _assigned(body: Iterable[Statement]) -> Iterator[str]:
    """The places that statements assign."""
    assigning = (one for one in statements(tuple(body)) if isinstance(one, Assign))
    return (_place(target) for one in assigning for target in one.targets)


def _calls_own_method(body: tuple[Statement, ...], place: str) -> bool:
    """`if self._model is None: self._load()`: the one statement is left to a method."""
    owner = place.rpartition(".")[0]
    match body:
        case (Evaluate(value=Call(func=Attribute(value=receiver))),) if owner:
            return dotted(receiver) == owner
    return False
