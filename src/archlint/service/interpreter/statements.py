"""Executes statements: bindings, branches, loops, definitions and imports."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Items
from enum import Enum, auto
from typing import Any, TypeAlias

from archlint.facts.syntax import (
    Assign,
    Attribute,
    AugmentedAssign,
    ClassDef,
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
    Starred,
    Statement,
    Subscript,
    Try,
    While,
    With,
)
from archlint.service.interpreter.attributes import replace_items, set_attribute
from archlint.service.interpreter.calls import decorate, define
from archlint.service.interpreter.class_making import annotated, make_members, tell_bases
from archlint.service.interpreter.conditions import decide
from archlint.service.interpreter.expressions import binary, evaluate, iterate
from archlint.service.interpreter.importing import execute_import, execute_import_from
from archlint.service.interpreter.machine import Machine, Modelled, both
from archlint.service.interpreter.values import (
    Choice,
    ClassObject,
    External,
    Frame,
    FunctionObject,
    Member,
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


def execute(machine: Machine, frame: Frame, body: Items[Statement]) -> Signal | None:
    """Run statements in order; the signal tells what ended the block early."""
    for statement in body:
        handler = _STATEMENTS.get(type(statement))
        machine.at = frame.module.module, statement
        if handler is not None and machine.spend():
            signal = handler(machine, frame, statement)
            if signal is not None:
                return signal
    return None


def bind(machine: Machine, frame: Frame, target: Expression, value: Value) -> None:
    """Assign a value to a name, attribute, item or unpacking."""
    match target:
        case Name(id=name):
            _scope(frame, name)[name] = value
        case Attribute():
            set_attribute(machine, evaluate(machine, frame, target.value), target.attr, value)
        case Subscript():
            _set_item(machine, frame, target, value)
        case Sequence(items=targets):
            _unpack(machine, frame, targets, value)
        case Starred():
            bind(machine, frame, target.value, value)


def _scope(frame: Frame, name: str) -> dict[str, Value]:
    if name not in frame.outer_names:
        return frame.namespace
    scope = frame.parent
    while scope is not None and scope.parent is not None and name not in scope.namespace:
        scope = scope.parent
    return scope.namespace if scope is not None else frame.module.namespace


def _set_item(machine: Machine, frame: Frame, target: Subscript, value: Value) -> None:
    container = settled(evaluate(machine, frame, target.value))
    index = settled(evaluate(machine, frame, target.index))
    if isinstance(container, dict) and isinstance(index, str | int | Member | External):
        if machine.conditions and index in container:
            value = machine.changed(container[index], value)
        container[index] = value
    elif isinstance(container, list) and isinstance(index, int) and -len(container) <= index < len(container):
        container[index] = value
    elif isinstance(container, list) and isinstance(target.index, Operator) and isinstance(value, list):
        replace_items(machine, container, value, Origin(frame.module.module, target))


def _unpack(machine: Machine, frame: Frame, targets: Items[Expression], value: Value) -> None:
    values = iterate(machine, value)
    stars = [i for i, target in enumerate(targets) if isinstance(target, Starred)]
    if values is None or (not stars and len(values) != len(targets)) or len(values) < len(targets) - 1:
        for target in targets:
            why = "unpacked from a value that the source does not tell"
            bind(machine, frame, target, machine.unresolved(frame, target, why))
        return
    if stars:
        rest = len(values) - len(targets) + 1
        middle = list(values[stars[0] : stars[0] + rest])
        values = [*values[: stars[0]], middle, *values[stars[0] + rest :]]
    for target, item in zip(targets, values, strict=False):
        bind(machine, frame, target, item)


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
    evaluate(machine, frame, statement.value)


def _if(machine: Machine, frame: Frame, statement: If) -> Signal | None:
    undecided: list[_Arm] = []
    is_left: bool | None = True  # whether the next branch is tried when nobody configures anything
    for branch in statement.branches:
        answer, expected = decide(machine, frame, branch.test)
        if answer is False:
            continue
        if answer is True and not undecided:
            return execute(machine, frame, branch.body)
        undecided.append((branch.body, branch.test, both([is_left, expected])))
        if answer is True:
            return _alternatives(machine, frame, undecided)
        is_left = both([is_left, None if expected is None else not expected])
    if not undecided:
        return execute(machine, frame, statement.orelse)
    return _alternatives(machine, frame, [*undecided, (statement.orelse, undecided[0][1], is_left)])


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
    if decide(machine, frame, statement.test)[0] is False:
        return execute(machine, frame, statement.orelse)
    with machine.condition(Origin(frame.module.module, statement.test), "in a loop"):
        signal = execute(machine, frame, statement.body)
    return signal if signal is Signal.RETURN else None


def _with(machine: Machine, frame: Frame, statement: With) -> Signal | None:
    entered: list[Modelled] = []
    for item in statement.items:
        value = evaluate(machine, frame, item.value)
        if isinstance(value, Modelled):
            entered.append(value)
            value = value.enter()
        if item.target is not None:
            bind(machine, frame, item.target, value)
    signal = execute(machine, frame, statement.body)
    for context in reversed(entered):
        context.leave()
    return signal


def _try(machine: Machine, frame: Frame, statement: Try) -> Signal | None:
    """The body is taken to succeed; what it raises itself goes to the handlers, one of which applies."""
    signal = execute(machine, frame, statement.body)
    if signal is Signal.RAISE and statement.handlers:
        blocks: list[_Arm] = [(h.body, h.types or statement, None) for h in statement.handlers]
        signal = _alternatives(machine, frame, blocks)
    elif signal is None:
        signal = execute(machine, frame, statement.orelse)
    ending = execute(machine, frame, statement.finally_)
    return ending or signal


def _match(machine: Machine, frame: Frame, statement: Match) -> Signal | None:
    evaluate(machine, frame, statement.subject)
    blocks: list[_Arm] = [(case.body, case.pattern, None) for case in statement.cases]
    return _alternatives(machine, frame, [*blocks, ((), statement.subject, None)]) if blocks else None


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
    tell_bases(machine, frame, cls)
    frame.namespace[definition.name] = decorate(machine, frame, definition.decorators, cls)


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
