"""Executes statements: bindings, branches, loops, definitions and imports."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from collections.abc import Sequence as Items
from enum import Enum, auto
from typing import Any, TypeAlias

from archlint.facts.syntax import (
    Assign,
    Attribute,
    AugmentedAssign,
    Call,
    ClassDef,
    Comprehension,
    Evaluate,
    Expression,
    For,
    FunctionDef,
    If,
    Import,
    ImportFrom,
    Match,
    Name,
    Node,
    Operator,
    Raise,
    Return,
    Sequence,
    Simple,
    Statement,
    Subscript,
    Try,
    While,
    With,
)
from archlint.facts.traversal import dotted
from archlint.service.interpreter.calls import decorate, define, is_generator
from archlint.service.interpreter.class_making import (
    annotated,
    made_by_metaclass,
    make_members,
    name_members,
    tell_bases,
)
from archlint.service.interpreter.conditions import decide
from archlint.service.interpreter.contexts import enter, is_suppressing, leave
from archlint.service.interpreter.expressions import binary, evaluate, iterate
from archlint.service.interpreter.importing import execute_import, execute_import_from
from archlint.service.interpreter.machine import Machine, WithBlock, both
from archlint.service.interpreter.patterns import matches
from archlint.service.interpreter.targets import bind
from archlint.service.interpreter.values import (
    Bound,
    Choice,
    ClassObject,
    Frame,
    FunctionObject,
    InstanceObject,
    ModuleObject,
    Native,
    Origin,
    Unresolved,
    Value,
    choice,
    settled,
    unsubscripted,
)
from archlint.service.semantics.library_names import names_of


class Signal(Enum):
    """How a block ended other than by its last statement."""

    RETURN = auto()
    BREAK = auto()
    CONTINUE = auto()
    RAISE = auto()


_MAX_TURNS = 100
"""So often a `while` is followed that nothing but its own test ends."""


def execute(machine: Machine, frame: Frame, body: Items[Statement]) -> Signal | None:
    """Run statements in order; the signal tells what ended the block early."""
    for statement in body:
        handler = _STATEMENTS.get(type(statement))
        machine.at = frame.module.module, statement
        if handler is not None and machine.spend():
            signal = handler(machine, frame, statement)
            if signal is not None:
                return signal
            if machine.has_raised():
                return Signal.RAISE
    return None


def _assign(machine: Machine, frame: Frame, statement: Assign) -> None:
    if statement.value is None:
        return
    value = evaluate(machine, frame, statement.value)
    for target in statement.targets:
        bind(machine, frame, target, value)


def _augmented(machine: Machine, frame: Frame, statement: AugmentedAssign) -> None:
    current = evaluate(machine, frame, statement.target)
    value = evaluate(machine, frame, statement.value)
    if isinstance(current, list) and statement.operator == "+":
        items = iterate(machine, value)
        why = "the list is extended by a value that the source does not tell"
        if items is None or not machine.affords(len(current) + len(items)):
            items = (
                []
                if isinstance(current[-1] if current else None, Unresolved)
                else [machine.unresolved(frame, statement, why)]
            )
        current.extend(items)
        return
    if isinstance(current, dict) and isinstance(value, dict) and statement.operator == "|":
        current.update(value)
        return
    result = binary(machine, frame, statement, statement.operator, [current, value])
    bind(machine, frame, statement.target, result)


def _evaluate(machine: Machine, frame: Frame, statement: Evaluate) -> None:
    if not _is_never_run(machine, frame, statement.value):
        evaluate(machine, frame, statement.value)


def _is_never_run(machine: Machine, frame: Frame, node: Expression) -> bool:
    """Whether a statement makes a generator, `map` or coroutine that nobody goes through or awaits."""
    if type(node) is Comprehension:
        return node.kind == "generator"
    if type(node) is not Call or dotted(node.func) is None:
        return False
    callee = evaluate(machine, frame, node.func)
    function = callee.function if isinstance(callee, Bound) else callee
    if isinstance(function, FunctionObject) and isinstance(function.definition, FunctionDef):
        return function.definition.is_async or is_generator(function.definition)
    return isinstance(callee, Native) and callee.name in {"filter", "map"}


def _if(machine: Machine, frame: Frame, statement: If) -> Signal | None:
    arms = ((b.body, b.test, decide(machine, frame, b.test)) for b in statement.branches)
    return _first(machine, frame, arms, statement.orelse)


def _first(
    machine: Machine, frame: Frame, arms: Iterator[_Tested], orelse: Items[Statement]
) -> Signal | None:
    """Run the first block whose test holds, or all that may be it."""
    undecided: list[_Arm] = []
    is_left: bool | None = True  # whether the next block is tried when nobody configures anything
    for body, test, (answer, expected) in arms:
        if answer is False:
            continue
        if answer is True and not undecided:
            return execute(machine, frame, body)
        undecided.append((body, test, both([is_left, expected])))
        if answer is True:
            return _alternatives(machine, frame, undecided)
        is_left = both([is_left, None if expected is None else not expected])
    if not undecided:
        return execute(machine, frame, orelse)
    return _alternatives(machine, frame, [*undecided, (orelse, undecided[0][1], is_left)])


_Tested: TypeAlias = tuple[Items[Statement], Node, tuple[bool | None, bool | None]]
"""A block, the test that leads to it, and what that gives, and gives when nobody configures anything."""

_Arm: TypeAlias = tuple[Items[Statement], Node, bool | None]
"""A block that may be run, the test that leads to it, and whether it is when nobody configures anything."""


def _alternatives(machine: Machine, frame: Frame, blocks: Items[_Arm]) -> Signal | None:
    """Run every block from the same start, and keep what each leaves: a name may then be a choice."""
    before = dict(frame.namespace)
    outcomes: list[tuple[dict[str, Value], Signal | None]] = []
    usual: dict[str, Value] = {}
    for body, test, by_default in blocks:
        machine.spend(len(before))
        frame.namespace.clear()
        frame.namespace.update(before)
        with machine.condition(Origin(frame.module.module, test), "depends on a condition", by_default):
            signal = execute(machine, frame, body)
        outcomes.append((dict(frame.namespace), signal))
        if by_default and signal is None:
            usual = outcomes[-1][0]
    going_on = [names for names, signal in outcomes if signal is None]
    frame.may_have_left = frame.may_have_left or len(going_on) < len(outcomes)
    frame.namespace.clear()
    frame.namespace.update(_merged(going_on or [names for names, _ in outcomes], usual))
    return None if going_on else outcomes[-1][1]


def _merged(outcomes: Items[dict[str, Value]], usual: dict[str, Value]) -> dict[str, Value]:
    merged = dict(outcomes[0])
    for outcome in outcomes[1:]:
        for name, value in outcome.items():
            if name not in merged:
                merged[name] = value
            elif merged[name] is not value:
                merged[name] = choice([merged[name], value])
    for name, value in usual.items():
        found = merged[name]
        if isinstance(found, Choice) and found is not value:
            merged[name] = Choice(found.values, value)
    return merged


def _for(machine: Machine, frame: Frame, statement: For) -> Signal | None:
    values = iterate(machine, evaluate(machine, frame, statement.iterable))
    if values is None:
        why = "an item of something that the source does not tell"
        bind(machine, frame, statement.target, machine.unresolved(frame, statement.iterable, why))
        with machine.condition(
            Origin(frame.module.module, statement.iterable), "in a loop over unknown items"
        ):
            signal = execute(machine, frame, statement.body)
        return signal if signal is Signal.RETURN else None
    for value in values:
        bind(machine, frame, statement.target, value)
        signal = execute(machine, frame, statement.body)
        if signal is Signal.BREAK:
            return None
        if signal in (Signal.RETURN, Signal.RAISE):
            return signal
    return execute(machine, frame, statement.orelse)


def _while(machine: Machine, frame: Frame, statement: While) -> Signal | None:
    """Turn after turn while the test is known to hold; what is left of it happens under a condition."""
    for _ in range(_MAX_TURNS):
        answer, _expected = decide(machine, frame, statement.test)
        if answer is False:
            return execute(machine, frame, statement.orelse)
        frame.may_have_left = False
        if answer is None:
            break
        signal = execute(machine, frame, statement.body)
        if signal in {Signal.RETURN, Signal.RAISE}:
            return signal
        if signal is Signal.BREAK:
            return None
        if frame.may_have_left:
            break
    with machine.condition(Origin(frame.module.module, statement.test), "in a loop"):
        signal = execute(machine, frame, statement.body)
    return signal if signal is Signal.RETURN else None


def _with(machine: Machine, frame: Frame, statement: With, index: int = 0) -> Signal | None:
    """Run the block where the context manager yields, or between its `__enter__` and its `__exit__`."""
    if index == len(statement.items):
        return execute(machine, frame, statement.body)
    item, depth = statement.items[index], len(machine.stack)
    signals: list[Signal | None] = []

    def run(value: Value) -> None:
        with machine.outside(depth):
            if item.target is not None:
                bind(machine, frame, item.target, value)
            signals.append(_with(machine, frame, statement, index + 1))

    with machine.awaiting(WithBlock(item.value, run)):
        context = evaluate(machine, frame, item.value)
    if not signals:
        value = enter(machine, context, Origin(frame.module.module, item.value))
        with machine.trying(is_suppressing(context)):
            run(value)
        leave(machine, context, Origin(frame.module.module, statement))
    return None if is_suppressing(context) and signals[0] is Signal.RAISE else signals[0]


def _try(machine: Machine, frame: Frame, statement: Try) -> Signal | None:
    """The body is taken to succeed; what it raises itself goes to the handlers, one of which applies."""
    with machine.trying(bool(statement.handlers)):
        signal = execute(machine, frame, statement.body)
    if signal is Signal.RAISE and statement.handlers:
        blocks: list[_Arm] = [(h.body, h.types or statement, None) for h in statement.handlers]
        signal = _alternatives(machine, frame, blocks)
    elif signal is None:
        signal = execute(machine, frame, statement.orelse)
    ending = execute(machine, frame, statement.finally_)
    return ending or signal


def _match(machine: Machine, frame: Frame, statement: Match) -> Signal | None:
    subject = evaluate(machine, frame, statement.subject)
    arms = ((c.body, c.pattern, matches(machine, frame, subject, c)) for c in statement.cases)
    return _first(machine, frame, arms, ())


def _return(machine: Machine, frame: Frame, statement: Return) -> Signal:
    value = None if statement.value is None else evaluate(machine, frame, statement.value)
    happens = machine.by_default(frame.depth)
    if happens and frame.is_certain:
        frame.usual = value
    frame.is_certain = frame.is_certain and happens is False
    frame.returned.append(value)
    return Signal.RETURN


def _raise(machine: Machine, frame: Frame, statement: Raise) -> Signal:
    return Signal.RAISE


def _simple(machine: Machine, frame: Frame, statement: Simple) -> Signal | None:
    match statement.keyword:
        case "break":
            return Signal.BREAK
        case "continue":
            return Signal.CONTINUE
        case "global" | "nonlocal":
            names = [part.id for part in statement.parts if isinstance(part, Name)]
            frame.outer_names = frame.outer_names.union(names)
        case "del":
            for part in statement.parts:
                _delete(machine, frame, part)
    return None


def _delete(machine: Machine, frame: Frame, target: Expression) -> None:
    match target:
        case Name(id=name) if not machine.conditions:
            frame.namespace.pop(name, None)
        case Sequence(items=items):
            for item in items:
                _delete(machine, frame, item)
        case Attribute(value=owner, attr=name):
            held = evaluate(machine, frame, owner)
            if isinstance(held, ClassObject | ModuleObject | InstanceObject) and not machine.conditions:
                (held.attributes if isinstance(held, InstanceObject) else held.namespace).pop(name, None)
        case Subscript():
            container = settled(evaluate(machine, frame, target.value))
            index = settled(evaluate(machine, frame, target.index))
            if machine.conditions:
                machine.kept.append((container, Origin(frame.module.module, target)))
            elif isinstance(container, dict) and isinstance(index, str | int):
                container.pop(index, None)
            elif isinstance(container, list) and isinstance(target.index, Operator):
                del container[:]
            elif isinstance(container, list) and isinstance(index, int) and abs(index) < len(container):
                del container[index]


def _function(machine: Machine, frame: Frame, definition: FunctionDef) -> None:
    value: Value = define(machine, frame, definition)
    frame.namespace[definition.name] = decorate(machine, frame, definition.decorators, value)


def _class(machine: Machine, frame: Frame, definition: ClassDef) -> None:
    bases = tuple([unsubscripted(evaluate(machine, frame, base)) for base in definition.bases])
    module = frame.module.module
    cls = ClassObject(definition, module, bases, {}, {})
    machine.classes.append(cls)
    body = Frame(frame.module, cls.namespace, frame)
    execute(machine, body, definition.body)
    cls.annotations.update(annotated(definition))
    for value in cls.namespace.values():
        function = getattr(value, "function", value)
        if isinstance(function, FunctionObject) and function.owner is None:
            function.owner = cls
    if cls.derives_from(names_of("enumeration")):
        make_members(machine, cls)
    name_members(machine, cls)
    tell_bases(machine, frame, cls)
    made = made_by_metaclass(machine, frame, cls)
    frame.namespace[definition.name] = decorate(machine, frame, definition.decorators, made)


_STATEMENTS: dict[type, Callable[[Machine, Frame, Any], Signal | None]] = {
    Import: execute_import,
    ImportFrom: execute_import_from,
    Assign: _assign,
    AugmentedAssign: _augmented,
    Evaluate: _evaluate,
    If: _if,
    For: _for,
    While: _while,
    With: _with,
    Try: _try,
    Match: _match,
    Return: _return,
    Raise: _raise,
    Simple: _simple,
    FunctionDef: _function,
    ClassDef: _class,
}
