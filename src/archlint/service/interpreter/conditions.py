"""Tests: whether they hold, and whether they do when nobody configures anything."""

from __future__ import annotations

from collections.abc import Sequence as Items

from archlint.facts.syntax import Expression, Node, Operator
from archlint.facts.traversal import dotted, walk_expressions
from archlint.service.interpreter.machine import Machine, both
from archlint.service.interpreter.operators import compared
from archlint.service.interpreter.values import (
    UNTOLD,
    Configured,
    Frame,
    Origin,
    Unresolved,
    Value,
    choice,
    truth,
    usual,
)

_COMPARED = 4
"""How much more it costs to compare an item than to copy it."""


def decide(machine: Machine, frame: Frame, node: Expression) -> tuple[bool | None, bool | None]:
    """Whether a test holds, and whether it does when nobody configures anything.

    By Kleene's logic: what is known of one operand may decide the whole.
    """
    if not (isinstance(node, Operator) and node.operator in {"and", "or", "not"}):
        value = machine.evaluate(frame, node)
        answer = truth(value)
        return answer, truth(usual(value)) if answer is None else answer
    if node.operator == "not":
        answer, expected = decide(machine, frame, node.parts[0])
        return None if answer is None else not answer, None if expected is None else not expected
    decisive = node.operator == "or"
    answers: list[tuple[bool | None, bool | None]] = []
    for part in node.parts:
        answers.append(decide(machine, frame, part))
        if answers[-1][0] is decisive:
            return decisive, decisive
    answer, expected = (
        decisive if decisive in told else None if None in told else not decisive
        for told in zip(*answers, strict=True)
    )
    return answer, expected


def _answer(frame: Frame, node: Node, answer: bool | None, expected: bool | None, what: str) -> Value:
    """The value of a test."""
    return Unresolved(what, Origin(frame.module.module, node), expected) if answer is None else answer


def negated(machine: Machine, frame: Frame, node: Operator) -> Value:
    """`not …`."""
    return _answer(frame, node, *decide(machine, frame, node), "a condition")


def boolean(machine: Machine, frame: Frame, node: Operator) -> Value:
    """`… and …`, `… or …`."""
    decisive = node.operator == "or"
    possible: list[Value] = []
    values: list[Value] = []
    for part in node.parts:
        value = machine.evaluate(frame, part)
        values.append(value)
        answer = truth(value)
        if answer is decisive:
            # `unknown and False` counts as false whatever the unknown is; `unknown or "x"` has two values
            return choice([*possible, value], _usual_operand(values, decisive)) if decisive else value
        if answer is None:
            possible.append(value)
    if truth(value) is not None:
        possible.append(value)
    return choice(possible, _usual_operand(values, decisive))


def _usual_operand(values: Items[Value], decisive: bool) -> Value:
    """The operand of `and` or `or` that is the result when nobody configures anything."""
    for value in values:
        answer = truth(usual(value))
        if answer is not (not decisive):
            return UNTOLD if answer is None else value
    return values[-1]


def conditional(machine: Machine, frame: Frame, node: Operator) -> Value:
    """`… if … else …`."""
    value, test, alternative = node.parts
    compound = isinstance(test, Operator) and test.operator in {"and", "or", "not"}
    tested = None if compound else machine.evaluate(frame, test)
    answer, expected = decide(machine, frame, test) if compound else (truth(tested), truth(usual(tested)))
    if answer is None and isinstance(tested, Configured) and (name := dotted(test)):
        # A branch that uses what is tested can only be computed where the default leads into it.
        default = truth(tested.default)
        other = alternative if default else value
        answer = default if any(dotted(inner) == name for inner in walk_expressions(other)) else None
    if answer is None:
        values = [machine.evaluate(frame, value), machine.evaluate(frame, alternative)]
        return choice(values, UNTOLD if expected is None else values[0 if expected else 1])
    return machine.evaluate(frame, value if answer else alternative)


def comparison(machine: Machine, frame: Frame, node: Operator) -> Value:
    """`… < … <= …`."""
    values = [machine.evaluate(frame, part) for part in node.parts]
    sizes = (len(one) for one in values if isinstance(one, list | tuple | dict))
    if not machine.spend(_COMPARED * sum(sizes)):
        return machine.unresolved(frame, node, "a comparison")
    answer = _chained(node, values)
    expected = _chained(node, [usual(value) for value in values]) if answer is None else answer
    return _answer(frame, node, answer, expected, "a comparison")


def _chained(node: Operator, values: Items[Value]) -> bool | None:
    """Whether all comparisons of neighbours hold: `a < b < c`."""
    pairs = zip(node.detail, values, values[1:], strict=False)
    return both([compared(operator, first, second) for operator, first, second in pairs])
