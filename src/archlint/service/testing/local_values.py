"""What gives names their values in a test's function: arguments, bindings, and what methods set."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import (
    Assign,
    AugmentedAssign,
    Call,
    ClassDef,
    Expression,
    For,
    FunctionDef,
    Starred,
    Statement,
)
from archlint.facts.syntax import Sequence as Items
from archlint.facts.traversal import dotted
from archlint.service.semantics.bindings import statements

_POSITIONAL = frozenset({"normal", "positional"})


def arguments(call: Call, function: FunctionDef) -> dict[str, tuple[Expression, bool]]:
    """What each parameter of the function gets by the call, and whether that is its default."""
    if any(type(one) is Starred for one in call.args):
        return {}
    names = [one.name for one in function.parameters if one.kind in _POSITIONAL]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    given = dict(zip(names, call.args, strict=False))
    given |= {keyword.name: keyword.value for keyword in call.keywords if keyword.name}
    left = (one for one in function.parameters if one.default is not None and one.name not in given)
    found = {one.name: (one.default, True) for one in left if one.default is not None}
    return found | {name: (value, False) for name, value in given.items()}


def argument(call: Call, function: FunctionDef, name: str) -> Expression | None:
    """What one parameter gets by the call, or else its default: as `arguments` tells it."""
    if any(type(one) is Starred for one in call.args):
        return None
    for keyword in reversed(call.keywords):
        if keyword.name == name:
            return keyword.value
    names = [one.name for one in function.parameters if one.kind in _POSITIONAL]
    names = names[1:] if names[:1] in (["self"], ["cls"]) else names
    if name in names and names.index(name) < len(call.args):
        return call.args[names.index(name)]
    return next((one.default for one in function.parameters if one.name == name), None)


@function_summary
def binding(source: PythonSource, function: FunctionDef) -> tuple[tuple[str, Statement], ...]:
    """The names in a function, each with a statement that may say what it is, in reading order."""
    return tuple(_binding(function))


def _binding(function: FunctionDef) -> Iterator[tuple[str, Statement]]:
    for statement in statements(function.body):
        match statement:
            case AugmentedAssign(target=target) | For(target=target):
                targets: tuple[Expression, ...] = (target,)
            case Assign():
                targets = statement.targets
            case _:
                continue
        flat = [item for one in targets for item in (one.items if isinstance(one, Items) else (one,))]
        yield from ((name, statement) for name in dict.fromkeys(filter(None, map(dotted, flat))))


def set_by_methods(owner: ClassDef) -> dict[str, list[tuple[FunctionDef, Expression]]]:
    """By attribute: what the methods of a class give to it, with the method."""
    found: dict[str, list[tuple[FunctionDef, Expression]]] = {}
    for method in (one for one in owner.body if isinstance(one, FunctionDef)):
        for assign in (one for one in statements(method.body) if isinstance(one, Assign)):
            for name in {dotted(target) for target in assign.targets}:
                if assign.value is not None and name is not None and name.startswith("self."):
                    found.setdefault(name.removeprefix("self."), []).append((method, assign.value))
    return found
