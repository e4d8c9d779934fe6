"""Evaluates expressions."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Items
from typing import Any

from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    Clause,
    Comprehension,
    Constant,
    Dict,
    Expression,
    FString,
    Lambda,
    Name,
    Node,
    Operation,
    Sequence,
    Starred,
    Subscript,
    Walrus,
)
from archlint.facts.traversal import dotted, walk_expressions
from archlint.service.interpreter.attributes import attribute
from archlint.service.interpreter.calls import call, define
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.operators import arithmetic, compared
from archlint.service.interpreter.subscripts import hashable, subscript
from archlint.service.interpreter.texts import fstring, percent
from archlint.service.interpreter.values import (
    Arguments,
    Choice,
    ClassObject,
    Configured,
    External,
    Frame,
    InstanceObject,
    Member,
    Origin,
    SuperObject,
    Unresolved,
    Value,
    choice,
    configured,
    distinct,
    settled,
    truth,
)

_MAX_ITEMS = 5_000
"""What has more items than this is not gone through."""

_COMPARED = 4
"""How much more it costs to compare an item than to copy it."""

_NAMED_TUPLES = frozenset({"typing.NamedTuple"})


def evaluate(machine: Machine, frame: Frame, node: Expression) -> Value:
    """The value of an expression in a frame."""
    handler = _EXPRESSIONS.get(type(node))
    if handler is None or not machine.spend():
        return machine.unresolved(frame, node, "the expression is beyond what archlint evaluates")
    return handler(machine, frame, node)


def iterate(machine: Machine, value: Value) -> Items[Value] | None:
    """The items of a value in order; None where the source does not tell them."""
    value = settled(value)
    if isinstance(value, list | tuple | dict | set | str):
        return list(value) if len(value) <= _MAX_ITEMS and machine.spend(len(value)) else None
    if isinstance(value, ClassObject):
        members = [v for v in value.namespace.values() if isinstance(v, Member)]
        return members or None
    if isinstance(value, InstanceObject) and value.cls.derives_from(_NAMED_TUPLES):
        return [value.attributes.get(name, value.cls.namespace.get(name)) for name in value.cls.annotations]
    if isinstance(value, Choice):
        lists = [iterate(machine, option) for option in value.values]
        return None if None in lists else [item for items in lists for item in items or ()]
    return None


def binary(machine: Machine, frame: Frame, node: Node, operator: str, operands: Items[Value]) -> Value:
    """An arithmetic operator over known strings, numbers and lists, left to right."""
    result = operands[0]
    for operand in operands[1:]:
        result = _combine(machine, frame, node, operator, result, operand)
    return result


def _combine(machine: Machine, frame: Frame, node: Node, operator: str, first: Value, second: Value) -> Value:
    for value in (first, second):
        if isinstance(value, Choice):
            pairs = [(o, second) if value is first else (first, o) for o in value.values]
            return choice([_combine(machine, frame, node, operator, a, b) for a, b in pairs])
    if operator == "/" and isinstance(settled(first), Modelled):
        place = Origin(frame.module.module, node)
        return call(machine, attribute(machine, settled(first), "joinpath"), Arguments((second,), {}, place))
    source = next((v.source for v in (first, second) if isinstance(v, Configured)), None)
    known = settled(first), settled(second)
    if not machine.affords(sum(len(one) for one in known if isinstance(one, str | list | tuple | dict))):
        return machine.unresolved(frame, node, "the value is too big to follow")
    if operator == "%" and isinstance(known[0], str):
        result = percent(machine, known[0], known[1], Origin(frame.module.module, node))
    else:
        result = arithmetic(operator, *known)
    if isinstance(result, Unresolved):
        if machine.gap is not None and operator == "+" and isinstance(settled(first), str):
            return settled(first) + machine.gap
        return machine.unresolved(frame, node, result.why)
    return result if source is None else configured(result, source)


def _name(machine: Machine, frame: Frame, node: Name) -> Value:
    scope: Frame | None = frame
    while scope is not None:
        if node.id in scope.namespace:
            return scope.namespace[node.id]
        scope = scope.parent
    if node.id in frame.module.namespace:
        return frame.module.namespace[node.id]
    if node.id in machine.semantics.builtins:
        return machine.semantics.builtins[node.id]
    return (
        External("...")
        if node.id == "..."
        else machine.unresolved(frame, node, f"`{node.id}` is not defined")
    )


def _constant(machine: Machine, frame: Frame, node: Constant) -> Value:
    return node.value


def _attribute(machine: Machine, frame: Frame, node: Attribute) -> Value:
    value = evaluate(machine, frame, node.value)
    if isinstance(value, External):
        module = machine.modules.find(f"{value.name}.{node.attr}", frame.module.module)
        if module is not None:
            return machine.load(module)
        constants = machine.semantics.constants
        if f"{value.name}.{node.attr}" in constants:
            return constants[f"{value.name}.{node.attr}"]
    return attribute(machine, value, node.attr)


def _call(machine: Machine, frame: Frame, node: Call) -> Value:
    place = Origin(frame.module.module, node)
    if isinstance(node.func, Name) and node.func.id in {"super", "globals", "locals", "vars"}:
        special = _frame_call(machine, frame, node)
        if special is not None:
            return special
    callee = evaluate(machine, frame, node.func)
    args: list[Value] = []
    complete = True
    for arg in node.args:
        if isinstance(arg, Starred):
            items = iterate(machine, evaluate(machine, frame, arg.value))
            complete = complete and items is not None
            args.extend(items or ())
        else:
            args.append(evaluate(machine, frame, arg))
    keywords, known = _keywords(machine, frame, node)
    return call(machine, callee, Arguments(tuple(args), keywords, place, complete and known))


def _keywords(machine: Machine, frame: Frame, node: Call) -> tuple[dict[str, Value], bool]:
    keywords: dict[str, Value] = {}
    known = True
    for keyword in node.keywords:
        value = evaluate(machine, frame, keyword.value)
        if keyword.name is not None:
            keywords[keyword.name] = value
            continue
        value = settled(value)
        if isinstance(value, dict):
            keywords.update({key: item for key, item in value.items() if isinstance(key, str)})
        else:
            known = False
    return keywords, known


def _frame_call(machine: Machine, frame: Frame, node: Call) -> Value:
    """`super()`, `globals()` and `vars()`, which depend on where they are called."""
    assert isinstance(node.func, Name)
    match node.func.id:
        case "super":
            scope: Frame | None = frame
            while scope is not None and (scope.function is None or scope.function.owner is None):
                scope = scope.parent
            if scope is not None and scope.function is not None and scope.function.owner is not None:
                return SuperObject(scope.function.owner, scope.receiver)
        case "globals":
            return frame.module.namespace
        case "locals":
            return frame.namespace
        case "vars" if node.args:
            value = evaluate(machine, frame, node.args[0])
            return getattr(value, "namespace", getattr(value, "attributes", None))
    return None


def _sequence(machine: Machine, frame: Frame, node: Sequence) -> Value:
    values: list[Value] = []
    for item in node.items:
        if isinstance(item, Starred):
            items = iterate(machine, evaluate(machine, frame, item.value))
            why = "items that the source does not tell"
            values.extend(items if items is not None else [machine.unresolved(frame, item, why)])
        else:
            values.append(evaluate(machine, frame, item))
    if node.kind == "set":
        return distinct(values)
    return tuple(values) if node.kind == "tuple" else values


def _dict(machine: Machine, frame: Frame, node: Dict) -> Value:
    found: dict[Value, Value] = {}
    for key, item in node.items:
        value = evaluate(machine, frame, item)
        if key is None:
            value = settled(value)
            found.update(value if isinstance(value, dict) else {})
            continue
        name = settled(evaluate(machine, frame, key))
        found[name if hashable(name) else Unresolved("it is no key")] = value
    return found


def _inner(machine: Machine, frame: Frame, node: Await | Starred) -> Value:
    return evaluate(machine, frame, node.value)


def _walrus(machine: Machine, frame: Frame, node: Walrus) -> Value:
    frame.namespace[node.name] = value = evaluate(machine, frame, node.value)
    return value


def _lambda(machine: Machine, frame: Frame, node: Lambda) -> Value:
    return define(machine, frame, node)


def _comprehension(machine: Machine, frame: Frame, node: Comprehension) -> Value:
    inner = Frame(frame.module, {}, frame, frame.function, frame.receiver)
    results: list[tuple[Value, Value]] = []
    if not _generate(machine, inner, node, 0, results):
        return machine.unresolved(frame, node, "a comprehension over something that the source does not tell")
    if node.kind == "dict":
        return {settled(key): value for key, value in results if hashable(settled(key))}
    return [value for _, value in results]


def _generate(
    machine: Machine, frame: Frame, node: Comprehension, depth: int, results: list[tuple[Value, Value]]
) -> bool:
    if depth == len(node.clauses):
        key = None if node.key is None else evaluate(machine, frame, node.key)
        results.append((key, evaluate(machine, frame, node.value)))
        return True
    clause: Clause = node.clauses[depth]
    items = iterate(machine, evaluate(machine, frame, clause.iterable))
    if items is None:
        return False
    for item in items:
        machine.semantics.bind(machine, frame, clause.target, item)
        answers = [decide(machine, frame, condition) for condition in clause.conditions]
        if False not in answers and not _generate(machine, frame, node, depth + 1, results):
            return False
    return True


def _operation(machine: Machine, frame: Frame, node: Operation) -> Value:
    match node.operator:
        case "and" | "or":
            return _boolean(machine, frame, node)
        case "not":
            answer = decide(machine, frame, node.parts[0])
            return machine.unresolved(frame, node, "a condition") if answer is None else not answer
        case "compare":
            return _compare(machine, frame, node)
        case "if" if len(node.parts) == 3:
            return _conditional(machine, frame, node)
        case "yield" | "yield from":
            return _yield(machine, frame, node)
        case "slice" | "opaque" | "bytes":
            return machine.unresolved(frame, node, "the expression is beyond what archlint evaluates")
    operands = [evaluate(machine, frame, part) for part in node.parts]
    if len(operands) == 1:
        value = settled(operands[0])
        return -value if node.operator == "-" and isinstance(value, int | float) else operands[0]
    return binary(machine, frame, node, node.operator, operands)


def decide(machine: Machine, frame: Frame, node: Expression) -> bool | None:
    """Whether a test holds, by Kleene's logic: what is known of one operand may decide the whole."""
    if not (isinstance(node, Operation) and node.operator in {"and", "or", "not"}):
        return truth(evaluate(machine, frame, node))
    if node.operator == "not":
        answer = decide(machine, frame, node.parts[0])
        return None if answer is None else not answer
    decisive = node.operator == "or"
    answers: list[bool | None] = []
    for part in node.parts:
        answers.append(decide(machine, frame, part))
        if answers[-1] is decisive:
            return decisive
    return None if None in answers else not decisive


def _boolean(machine: Machine, frame: Frame, node: Operation) -> Value:
    decisive = node.operator == "or"
    possible: list[Value] = []
    for part in node.parts:
        value = evaluate(machine, frame, part)
        answer = truth(value)
        if answer is decisive:
            # `unknown and False` counts as false whatever the unknown is; `unknown or "x"` has two values
            return choice([*possible, value]) if decisive else value
        if answer is None:
            possible.append(value)
    if truth(value) is not None:
        possible.append(value)
    return choice(possible)


def _conditional(machine: Machine, frame: Frame, node: Operation) -> Value:
    value, test, alternative = node.parts
    compound = isinstance(test, Operation) and test.operator in {"and", "or", "not"}
    tested = None if compound else evaluate(machine, frame, test)
    answer = decide(machine, frame, test) if compound else truth(tested)
    if answer is None and isinstance(tested, Configured) and (name := dotted(test)):
        # A branch that uses what is tested can only be computed where the default leads into it.
        default = truth(tested.default)
        other = alternative if default else value
        answer = default if any(dotted(inner) == name for inner in walk_expressions(other)) else None
    if answer is None:
        return choice([evaluate(machine, frame, value), evaluate(machine, frame, alternative)])
    return evaluate(machine, frame, value if answer else alternative)


def _yield(machine: Machine, frame: Frame, node: Operation) -> Value:
    for part in node.parts:
        value = evaluate(machine, frame, part)
        if node.operator == "yield from":
            frame.yielded.extend(iterate(machine, value) or ())
        else:
            frame.yielded.append(value)
    return machine.unresolved(frame, node, "what is sent into a generator")


def _compare(machine: Machine, frame: Frame, node: Operation) -> Value:
    values = [evaluate(machine, frame, part) for part in node.parts]
    sizes = (len(one) for one in values if isinstance(one, list | tuple | dict))
    if not machine.spend(_COMPARED * sum(sizes)):
        return machine.unresolved(frame, node, "a comparison")
    answers = [
        compared(operator, first, second)
        for operator, first, second in zip(node.detail, values, values[1:], strict=False)
    ]
    if False in answers:
        return False
    return machine.unresolved(frame, node, "a comparison") if None in answers else True


_EXPRESSIONS: dict[type, Callable[[Machine, Frame, Any], Value]] = {
    Name: _name,
    Constant: _constant,
    Attribute: _attribute,
    Call: _call,
    FString: fstring,
    Sequence: _sequence,
    Dict: _dict,
    Subscript: subscript,
    Await: _inner,
    Starred: _inner,
    Walrus: _walrus,
    Lambda: _lambda,
    Comprehension: _comprehension,
    Operation: _operation,
}
