"""What a test calls for certain, and whether a file speaks of replacing what is called."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from archlint import readings
from archlint.facts.source import PythonSource, function_naming, function_summary
from archlint.facts.syntax import (
    Attribute,
    Call,
    ClassDef,
    Comprehension,
    Constant,
    Expression,
    FunctionDef,
    Lambda,
    Name,
    Node,
    Operator,
    Raise,
    Return,
    Statement,
    Try,
    With,
)
from archlint.facts.traversal import all_nodes
from archlint.readings import summary
from archlint.service.semantics.bindings import own_nodes, statements
from archlint.service.semantics.idle import plain_builtins
from archlint.service.semantics.scopes import last_name
from archlint.service.testing.said_by_tests import words

_REPLACES = re.compile(
    r"(?i)mock|patch|respx|responses$|httpretty|vcr|cassette|stub|fake|pook|http_?server|wiremock|moto\b|betamax"
    r"|replay|dummy|spy|double|live_?server|local_?server|simulat|sandbox|recorded|socket"
)
_MEANS = re.compile(r"(?i)mock|patch|respx|^responses$|httpretty|vcr|pook|stub|fake|betamax|moto\b")
"""The names of those that only replace something: a `socket` may be any."""


@summary
def speaks_of_replacing(source: PythonSource) -> bool:
    """Whether a name in a file is of what may replace a call."""
    return any(map(replaces, words(source)))


@summary
def speaks_of_means(source: PythonSource) -> bool:
    """Whether a name in a file is of what does nothing but replace calls."""
    return any(map(_MEANS.search, words(source)))


@lru_cache(maxsize=65_536)
def replaces(word: str) -> bool:
    """Whether a name is of what may replace a call."""
    return _REPLACES.search(word) is not None


@function_summary
def expects_success(source: PythonSource, test: FunctionDef) -> bool:
    """Whether the test speaks of an answer that is no error, and of none that is."""
    numbers = {one.value for one in all_nodes(test) if type(one) is Constant and type(one.value) is int}
    names = set(words_in(test))
    good = any(200 <= one < 400 for one in numbers) or any(
        name.startswith(("HTTP_2", "is_success")) for name in names
    )
    bad = any(400 <= one < 600 for one in numbers) or any(
        name.startswith(("HTTP_4", "HTTP_5")) for name in names
    )
    return good and not bad


def certain_calls(body: tuple[Statement, ...]) -> Iterator[Call]:
    """The calls that a body makes unless something raises: under no condition, and before any way out."""
    for statement in body:
        match statement:
            case With(items=items, body=inner):
                if any("raises" in word for item in items for word in words_in(item.value)):
                    return
                yield from (call for item in items for call in _unconditional(item.value))
                yield from certain_calls(inner)
            case Try(body=inner):
                yield from certain_calls(inner)
            case FunctionDef() | ClassDef():
                continue
            case _:
                if not hasattr(statement, "body") and not hasattr(statement, "branches"):
                    guarded = _guarded(statement)
                    calls = (node for node in own_nodes(statement) if type(node) is Call)
                    yield from (call for call in calls if id(call) not in guarded)
        if any(isinstance(one, Return | Raise) for one in statements((statement,))):
            return


def _named_calls(
    source: PythonSource, test: FunctionDef, known: frozenset[str]
) -> tuple[tuple[Expression, bool], ...]:
    """What a test calls for certain that may be the repository's, and whether the result is given on."""
    made, plain = list(certain_calls(test.body)), plain_builtins(source)
    given = {id(one) for call in made for one in (*call.args, *(k.value for k in call.keywords))}
    called = [one for one in made if last_name(one.func) in known or isinstance(one.func, Name)]
    return tuple((one.func, id(one) in given) for one in called if last_name(one.func) not in plain)


certainly_called = function_naming(_named_calls, readings.KNOWN)


def _unconditional(node: Expression) -> Iterator[Call]:
    yield from (one for one in all_nodes(node, (Lambda, Comprehension)) if isinstance(one, Call))


def _guarded(statement: Statement) -> frozenset[int]:
    """The nodes of a statement that may not be evaluated: behind `and`, `or`, `if`, in lambdas and loops."""
    conditional = (
        one
        for one in all_nodes(statement)
        if type(one) is Lambda
        or type(one) is Comprehension
        or (type(one) is Operator and one.operator in {"and", "or", "if"})
    )
    return frozenset(id(inner) for one in conditional for inner in all_nodes(one))


def words_in(node: Node) -> Iterator[str]:
    """The names in a node, attributes included."""
    for one in all_nodes(node):
        if type(one) is Name:
            yield one.id
        elif type(one) is Attribute:
            yield one.attr
