"""Evaluates expressions."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Sequence as Items
from typing import Any

from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    Comprehension,
    ComprehensionClause,
    Constant,
    Dict,
    Expression,
    FString,
    Lambda,
    Name,
    Node,
    Operator,
    Sequence,
    Starred,
    Subscript,
    Walrus,
)
from archlint.service.interpreter.attributes import attribute, class_member
from archlint.service.interpreter.calls import call, define
from archlint.service.interpreter.conditions import boolean, comparison, conditional, decide, negated
from archlint.service.interpreter.contexts import run_block
from archlint.service.interpreter.fields import field_names
from archlint.service.interpreter.machine import Machine, Modelled
from archlint.service.interpreter.operators import arithmetic
from archlint.service.interpreter.partial_texts import PartialText, assembled, size
from archlint.service.interpreter.subscripts import hashable, subscript
from archlint.service.interpreter.texts import fstring, percent
from archlint.service.interpreter.values import (
    REST,
    Arguments,
    Bound,
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
    configured,
    distinct,
    each,
    settled,
)

_MAX_ITEMS = 5_000
"""What has more items than this is not gone through."""

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
        members = dict.fromkeys(v for v in value.namespace.values() if isinstance(v, Member))
        return list(members) or None
    if isinstance(value, InstanceObject) and value.cls.derives_from(_NAMED_TUPLES):
        return [value.attributes.get(name, value.cls.namespace.get(name)) for name in field_names(value.cls)]
    if isinstance(value, InstanceObject) and machine.at is not None:
        own = class_member(value.cls, "__iter__")
        made = call(machine, Bound(own, value), Arguments((), {}, Origin(*machine.at))) if own else None
        return None if made is None or made is value else iterate(machine, made)
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
            return each(value, [_combine(machine, frame, node, operator, a, b) for a, b in pairs])
    if operator == "/" and isinstance(settled(first), Modelled):
        place = Origin(frame.module.module, node)
        return call(machine, attribute(machine, settled(first), "joinpath"), Arguments((second,), {}, place))
    source = next((v.source for v in (first, second) if isinstance(v, Configured)), None)
    known = settled(first), settled(second)
    if not machine.affords(sum(map(_size, known))):
        return machine.unresolved(frame, node, "the value is too big to follow")
    if operator == "%" and isinstance(known[0], str):
        result = percent(machine, known[0], known[1], Origin(frame.module.module, node))
    else:
        result = arithmetic(operator, *known)
    if isinstance(result, Unresolved) and not isinstance(result, PartialText):
        hole = machine.unresolved(frame, node, result.why)
        is_text = operator == "+" and isinstance(known[0], str | Unresolved)
        return assembled([one if _is_text(one) else hole for one in known]) if is_text else hole
    return result if source is None else configured(result, source)


def _size(value: Value) -> int:
    if isinstance(value, str | PartialText):
        return size(value)
    return len(value) if isinstance(value, list | tuple | dict) else 0


def _is_text(value: Value) -> bool:
    return isinstance(value, str | PartialText)


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
    found = attribute(machine, value, node.attr)
    return machine.known(found) if isinstance(found, External) else found


def _call(machine: Machine, frame: Frame, node: Call) -> Value:
    place = Origin(frame.module.module, node)
    if type(node.func) is Name and node.func.id in {"super", "globals", "locals", "vars"}:
        special = _frame_call(machine, frame, node)
        if special is not None:
            return special
    callee = evaluate(machine, frame, node.func)
    args: list[Value] = []
    complete = True
    for arg in node.args:
        if type(arg) is Starred:
            items = iterate(machine, evaluate(machine, frame, arg.value))
            complete = complete and items is not None
            args.extend(items or ())
        else:
            args.append(evaluate(machine, frame, arg))
    keywords, known = _keywords(machine, frame, node)
    return machine.call(callee, Arguments(tuple(args), keywords, place, complete and known))


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
        known = known and isinstance(value, dict) and REST not in value
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
            found.update(value if isinstance(value, dict) else {REST: REST})
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
    clause: ComprehensionClause = node.clauses[depth]
    items = iterate(machine, evaluate(machine, frame, clause.iterable))
    if items is None:
        why = "an item of something that the source does not tell"
        bound = machine.unresolved(frame, clause.iterable, why)
        machine.semantics.bind(machine, frame, clause.target, bound)
        with machine.condition(Origin(frame.module.module, clause.iterable), "for each of unknown items"):
            _generate(machine, frame, node, depth + 1, [])
        return False
    for item in items:
        machine.semantics.bind(machine, frame, clause.target, item)
        answers = [decide(machine, frame, condition)[0] for condition in clause.conditions]
        if False not in answers and not _generate(machine, frame, node, depth + 1, results):
            return False
    return True


def _operation(machine: Machine, frame: Frame, node: Operator) -> Value:
    match node.operator:
        case "and" | "or":
            return boolean(machine, frame, node)
        case "not":
            return negated(machine, frame, node)
        case "compare":
            return comparison(machine, frame, node)
        case "if" if len(node.parts) == 3:
            return conditional(machine, frame, node)
        case "yield" | "yield from":
            return _yield(machine, frame, node)
        case "slice" | "opaque" | "bytes":
            return machine.unresolved(frame, node, "the expression is beyond what archlint evaluates")
    operands = [evaluate(machine, frame, part) for part in node.parts]
    if len(operands) == 1:
        value = settled(operands[0])
        return -value if node.operator == "-" and isinstance(value, int | float) else operands[0]
    return binary(machine, frame, node, node.operator, operands)


def _yield(machine: Machine, frame: Frame, node: Operator) -> Value:
    for part in node.parts:
        value = evaluate(machine, frame, part)
        if node.operator == "yield from":
            frame.yielded.extend(iterate(machine, value) or ())
        else:
            frame.yielded.append(value)
            run_block(machine, frame, value)
    return machine.unresolved(frame, node, "what is sent into a generator")


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
    Operator: _operation,
}
