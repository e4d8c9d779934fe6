"""Adds `import name` to a module that does not have it, beside the import of what it replaces."""

from __future__ import annotations

from collections.abc import Iterable

import libcst as cst


def with_imports(module: cst.Module, wanted: Iterable[tuple[str, str]]) -> cst.Module:
    """The module with each `(name, replaced)` imported: before `import replaced`, else before all imports."""
    for name, replaced in sorted(wanted):
        if not any(_imports(statement, name) for statement in module.body):
            module = module.with_changes(body=_inserted(module.body, name, replaced))
    return module


def _inserted(
    body: Iterable[cst.SimpleStatementLine | cst.BaseCompoundStatement], name: str, replaced: str
) -> list[cst.SimpleStatementLine | cst.BaseCompoundStatement]:
    statements = list(body)
    place = _place(statements, replaced)
    statement = cst.SimpleStatementLine([cst.Import([cst.ImportAlias(cst.Name(name))])])
    if place < len(statements):
        following = statements[place]
        # Blank lines above belong to the block of imports, a comment to the import that it stands on.
        if all(line.comment is None for line in following.leading_lines):
            statement = statement.with_changes(leading_lines=following.leading_lines)
            statements[place] = following.with_changes(leading_lines=())
    return [*statements[:place], statement, *statements[place:]]


def _place(statements: list[cst.SimpleStatementLine | cst.BaseCompoundStatement], replaced: str) -> int:
    for index, statement in enumerate(statements):
        if _imports(statement, replaced) or _takes_from(statement, replaced):
            return index
    after = 0
    for index, statement in enumerate(statements[:50]):
        if _is_docstring(statement, index) or _takes_from(statement, "__future__"):
            after = index + 1
    return after


def _imports(statement: cst.CSTNode, name: str) -> bool:
    """Whether the statement is `import name`, under no other name."""
    return isinstance(statement, cst.SimpleStatementLine) and any(
        isinstance(small, cst.Import)
        and any(
            isinstance(alias.name, cst.Name) and alias.name.value == name and alias.asname is None
            for alias in small.names
        )
        for small in statement.body
    )


def _takes_from(statement: cst.CSTNode, name: str) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and any(
        isinstance(small, cst.ImportFrom)
        and not small.relative
        and isinstance(small.module, cst.Name)
        and small.module.value == name
        for small in statement.body
    )


def _is_docstring(statement: cst.CSTNode, index: int) -> bool:
    if index or not isinstance(statement, cst.SimpleStatementLine):
        return False
    first = statement.body[0] if statement.body else None
    return isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString)
