"""The nodes of a module, each with the definitions around it, by which its names are resolved."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import (
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
)
from archlint.service.namespaces import nested_blocks, own_nodes
from archlint.service.symbols import Scope


def scoped_nodes(body: tuple[Statement, ...], scope: Scope = ()) -> Iterator[tuple[Scope, Node]]:
    """Every node below `body` in reading order of the statements.

    Decorators, defaults, annotations and bases belong to the scope around their definition. What runs only
    when the file itself is started (`if __name__ == "__main__":`) is left out.
    """
    for statement in body:
        if _is_main_guard(statement):
            continue
        if isinstance(statement, FunctionDef | ClassDef):
            yield scope, statement
            for expression in _header(statement):
                yield from ((scope, node) for node in all_nodes(expression))
            yield from scoped_nodes(statement.body, (*scope, statement))
        else:
            yield from ((scope, node) for node in own_nodes(statement))
            for block in nested_blocks(statement):
                yield from scoped_nodes(block, scope)


def _header(statement: FunctionDef | ClassDef) -> Iterator[Expression]:
    yield from statement.decorators
    if isinstance(statement, ClassDef):
        yield from statement.bases
        yield from (keyword.value for keyword in statement.keywords)
        return
    for parameter in statement.parameters:
        yield from (part for part in (parameter.annotation, parameter.default) if part is not None)
    if statement.returns is not None:
        yield statement.returns


def _is_main_guard(statement: Statement) -> bool:
    match statement:
        case If(branches=(branch,)):
            match branch.test:
                case Operation(operator="compare", parts=(Name(id="__name__"), Constant(value="__main__"))):
                    return True
    return False
