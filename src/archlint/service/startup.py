"""The code that may run in the service, without functions that nothing mentions."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import (
    Alias,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    If,
    Name,
    Node,
    Operation,
    Statement,
    all_nodes,
    dotted,
)
from archlint.service.modules import Module, Modules


def runtime_nodes(modules: Modules) -> Iterator[tuple[Module, Node]]:
    """Every node of runtime modules but `if __name__ == "__main__"`, fixtures, and functions nobody uses.

    A function counts as used when its name stands anywhere but in its definition, or when it is decorated:
    whatever decorates it may call it.
    """
    used = frozenset(name for module in modules for name in _mentioned(module))
    for module in modules.runtime:
        for statement in module.source.body:
            yield from ((module, node) for node in _reached(statement, used))


def _reached(statement: Statement, used: frozenset[str]) -> Iterator[Node]:
    match statement:
        case If(branches=(branch, *_)) if _is_main(branch.test):
            return
        case FunctionDef() if statement.name not in used and not statement.decorators:
            return
        case FunctionDef() if any("fixture" in (_called(d) or "") for d in statement.decorators):
            return
        case ClassDef():
            for inner in statement.body:
                yield from _reached(inner, used)
        case _:
            yield from all_nodes(statement)


def _called(decorator: Expression) -> str | None:
    return dotted(decorator.func if isinstance(decorator, Call) else decorator)


def _mentioned(module: Module) -> Iterator[str]:
    for statement in module.source.body:
        for node in all_nodes(statement):
            match node:
                case Name(id=name) | Attribute(attr=name) | Alias(name=name):
                    yield name
                case Constant(value=str(text)):
                    yield text


def _is_main(test: Node) -> bool:
    match test:
        case Operation(operator="compare", parts=(Name(id="__name__"), *_)):
            return True
    return False
