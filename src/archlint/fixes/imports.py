"""Adds imports to a module: beside the import of what they replace, or to the one of the same package."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable

import libcst as cst


def with_imports(module: cst.Module, wanted: Iterable[tuple[str, str]]) -> cst.Module:
    """The module with each `(name, replaced)` imported: before `import replaced`, else before all imports."""
    for name, replaced in sorted(wanted):
        if not any(_imports(statement, name) for statement in module.body):
            module = module.with_changes(body=_inserted(module.body, name, replaced))
    return module


def with_names(module: cst.Module, wanted: Iterable[tuple[str, str]]) -> cst.Module:
    """The module with each `(package, name)` imported by that name, in the first import from the package."""
    for package, name in sorted(wanted):
        statements = [one for one in module.body if _takes_from(one, package)]
        if not any(name in _names(one) for one in statements):
            module = _with_name(module, package, name)
    return module


def _names(statement: cst.CSTNode) -> set[object]:
    """What a `from` statement imports under its own name."""
    assert isinstance(statement, cst.SimpleStatementLine)
    found = [small.names for small in statement.body if isinstance(small, cst.ImportFrom)]
    return {alias.name.value for names in found if not isinstance(names, cst.ImportStar) for alias in names
            if alias.asname is None}  # fmt: skip


def _with_name(module: cst.Module, package: str, name: str) -> cst.Module:
    for index, statement in enumerate(module.body):
        if _takes_from(statement, package) and isinstance(statement, cst.SimpleStatementLine):
            small = statement.body[0]
            if isinstance(small, cst.ImportFrom) and not isinstance(small.names, cst.ImportStar):
                own = statement.with_changes(body=[_extended(small, name), *statement.body[1:]])
                return module.with_changes(body=[*module.body[:index], own, *module.body[index + 1 :]])
    added = cst.ImportFrom(cst.Name(package), [cst.ImportAlias(cst.Name(name))])
    statements = list(module.body)
    place = _place(statements, package)
    return module.with_changes(
        body=[*statements[:place], cst.SimpleStatementLine([added]), *statements[place:]]
    )


def _extended(statement: cst.ImportFrom, name: str) -> cst.ImportFrom:
    """The import with the name in its order, else at the end; between two names stands what stood there."""
    assert not isinstance(statement.names, cst.ImportStar)
    names = list(statement.names)
    known = [str(alias.name.value) for alias in names]
    index = bisect(known, name) if known == sorted(known) else len(names)
    gap = next((alias.comma for alias in names[:-1]), cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    if index < len(names):
        names.insert(index, cst.ImportAlias(cst.Name(name), comma=gap))
    else:
        last = names[-1]
        names[-1] = last.with_changes(comma=gap)
        names.append(cst.ImportAlias(cst.Name(name), comma=last.comma))
    return statement.with_changes(names=names)


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
