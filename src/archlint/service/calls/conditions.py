"""Tests of a function's own parameters, which decide what a call of it reaches."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Literal, TypeAlias

from archlint.facts.syntax import (
    Attribute,
    Constant,
    Expression,
    If,
    Name,
    Operator,
    Raise,
    Return,
    Simple,
    Statement,
)
from archlint.service.calls.functions import Class

ParameterTest: TypeAlias = Literal["true", "false", "none", "not none"]
Need: TypeAlias = tuple[str, ParameterTest]
"""A parameter, and what it must be for some code to be reached."""

KnownArguments: TypeAlias = frozenset[tuple[str, bool | Class | None]]
"""Parameters that are known to be True, False or None; for `self` the very class of the object."""


def needs(test: Expression, holds: bool, parameters: Mapping[str, str]) -> frozenset[Need]:
    """What follows for the parameters when `test` holds, or does not.

    `parameters` gives the parameter for each name and attribute of `self` that holds one.
    """
    if type(test) not in _TELLING:
        return frozenset()
    match test:
        case Name(id=name) if name in parameters:
            return frozenset({(parameters[name], "true" if holds else "false")})
        case Attribute(value=Name(id=owner), attr=attr) if f"{owner}.{attr}" in parameters:
            return frozenset({(parameters[f"{owner}.{attr}"], "true" if holds else "false")})
        case Operator(operator="not", parts=(inner,)):
            return needs(inner, not holds, parameters)
        case Operator(operator="and" | "or" as operator, parts=parts) if holds is (operator == "and"):
            return frozenset(need for part in parts for need in needs(part, holds, parameters))
        case Operator(
            operator="compare", detail=("is" | "is not" as operator,), parts=(place, Constant(value=None))
        ):
            is_none = holds is (operator == "is")
            return frozenset(
                (name, "none" if is_none else "not none") for name, _ in needs(place, True, parameters)
            )
    return frozenset()


_TELLING = frozenset({Attribute, Name, Operator})


def leaves(body: tuple[Statement, ...]) -> bool:
    """Whether what follows the block is not reached from it."""
    last = body[-1] if body else None
    return isinstance(last, Return | Raise) or (
        isinstance(last, Simple) and last.keyword in {"continue", "break"}
    )


def needs_after(statement: Statement, parameters: Mapping[str, str]) -> frozenset[Need]:
    """What holds after `if …: return` and the like."""
    if isinstance(statement, If) and not statement.orelse and len(statement.branches) == 1:
        branch = statement.branches[0]
        if leaves(branch.body):
            return needs(branch.test, False, parameters)
    return frozenset()


def contradicts(wanted: Collection[Need], known: KnownArguments) -> bool:
    """Whether the known values rule out what is needed."""
    if not wanted or not known:  # So it is of most calls.
        return False
    values = dict(known)
    return any(name in values and not _meets(values[name], test) for name, test in wanted)


def _meets(value: bool | Class | None, test: ParameterTest) -> bool:
    match test:
        case "true":
            return bool(value)
        case "false":
            return not value
        case "none":
            return value is None
    return value is not None
