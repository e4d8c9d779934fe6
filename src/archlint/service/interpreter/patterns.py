"""The patterns of `match`: whether a subject is of one, and the names that it then binds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlint.facts.syntax import Attribute, Constant, Expression, MatchCase, Name, Operator
from archlint.facts.syntax import Sequence as Listed
from archlint.service.interpreter.conditions import decide
from archlint.service.interpreter.machine import Machine, both
from archlint.service.interpreter.operators import compared
from archlint.service.interpreter.values import Frame, Value, settled, usual


def matches(
    machine: Machine, frame: Frame, subject: Value, case: MatchCase
) -> tuple[bool | None, bool | None]:
    """Whether a case applies, and whether it does when nobody configures anything.

    https://docs.python.org/3/reference/compound_stmts.html#the-match-statement: literals, dotted names,
    alternatives, captures and sequences of them are told; classes, mappings and stars are not.
    """
    answers = [_fits(machine, frame, one, _whole(case)) for one in (subject, usual(subject))]
    if case.guard is None or answers[0] is False:
        return answers[0], answers[1]
    guard = decide(machine, frame, case.guard)
    return both([answers[0], guard[0]]), both([answers[1], guard[1]])


def _whole(case: MatchCase) -> Expression:
    """The pattern of a case; `case a, b` is the sequence of both."""
    parts = case.pattern.parts if isinstance(case.pattern, Operator) else ()
    return parts[0] if len(parts) == 1 else Listed(case.pattern.start, case.pattern.length, "tuple", parts)


def _fits(machine: Machine, frame: Frame, subject: Value, pattern: Expression) -> bool | None:
    match pattern:
        case Name(id=name):
            machine.semantics.bind(machine, frame, pattern, subject)
            return True
        case Constant(value=bool() | None as value):
            return compared("is", settled(subject), value)
        case Constant() | Attribute():
            return compared("==", settled(subject), settled(machine.evaluate(frame, pattern)))
        case Listed(items=items):
            return _fits_each(machine, frame, settled(subject), items)
        case Operator(detail=("case_pattern",), parts=()):
            return True
        case Operator(detail=("case_pattern",), parts=(inner,)) if inner.length == pattern.length:
            return _fits(machine, frame, subject, inner)
        case Operator(detail=("case_pattern",), parts=(Constant(value=int() | float() as value),)):
            return compared("==", settled(subject), -value)
        case Operator(detail=("union_pattern",), parts=parts):
            return _any(_fits(machine, frame, subject, part) for part in parts)
        case Operator(detail=("as_pattern",), parts=(inner, Name() as name)):
            machine.semantics.bind(machine, frame, name, subject)
            return _fits(machine, frame, subject, inner)
    return None


def _fits_each(machine: Machine, frame: Frame, subject: Value, patterns: Sequence[Expression]) -> bool | None:
    if not isinstance(subject, list | tuple):
        return False if isinstance(subject, str | int | float | dict | None) else None
    if len(subject) != len(patterns):
        return None if any(map(_is_star, patterns)) else False
    return both([_fits(machine, frame, *pair) for pair in zip(subject, patterns, strict=True)])


def _is_star(pattern: Expression) -> bool:
    match pattern:
        case Operator(parts=(Operator(detail=("splat_pattern",)),)):
            return True
    return False


def _any(answers: Iterator[bool | None]) -> bool | None:
    is_open = False
    for answer in answers:
        if answer:
            return True
        is_open = is_open or answer is None
    return None if is_open else False
