"""Adds imports to a module: beside the import of what they replace, or to the one of the same package."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeAlias, TypeGuard

import libcst as cst

_Found: TypeAlias = tuple[int, cst.ImportFrom, Sequence[cst.ImportAlias]]


def with_imports(module: cst.Module, wanted: Iterable[tuple[str, str]]) -> cst.Module:
    """The module with each `(name, replaced)` imported: before `import replaced`, else before all imports."""
    for name, replaced in sorted(wanted):
        if not any(_imports(statement, name) for statement in module.body):
            module = module.with_changes(body=_inserted(module.body, name, replaced))
    return module


def with_names(module: cst.Module, wanted: Iterable[tuple[str, str]]) -> cst.Module:
    """The module with each `(package, name)` imported by that name, in the first import from the package."""
    for package, name in sorted(wanted):
        found = list(_imports_from(module, package))
        known = (alias for _, _, names in found for alias in names if alias.asname is None)
        if all(alias.name.value != name for alias in known):
            module = module.with_changes(body=_with_name(module, package, name, found))
    return module


def _imports_from(module: cst.Module, package: str) -> Iterator[_Found]:
    """Each `from package import …` that names what it takes: the statement's index, itself, and the names."""
    for index, statement in enumerate(module.body):
        for small in statement.body if isinstance(statement, cst.SimpleStatementLine) else ():
            if _is_from(small, package) and not isinstance(small.names, cst.ImportStar):
                yield index, small, small.names


def _with_name(
    module: cst.Module,
    package: str,
    name: str,
    found: Sequence[_Found],
) -> list[cst.SimpleStatementLine | cst.BaseCompoundStatement]:
    statements = list(module.body)
    if found:
        index, statement, names = found[0]
        statements[index] = statements[index].with_deep_changes(statement, names=_extended(names, name))
        return statements
    added = cst.ImportFrom(cst.Name(package), [cst.ImportAlias(cst.Name(name))])
    statements.insert(_place(statements, package), cst.SimpleStatementLine([added]))
    return statements


def _extended(names: Sequence[cst.ImportAlias], name: str) -> list[cst.ImportAlias]:
    """The names with one more in its order, else at the end; between two of them stands what stood there."""
    known = [str(alias.name.value) for alias in names]
    index = bisect(known, name) if known == sorted(known) else len(names)
    gap = next((alias.comma for alias in names[:-1]), cst.Comma(whitespace_after=cst.SimpleWhitespace(" ")))
    if index < len(names):
        return [*names[:index], cst.ImportAlias(cst.Name(name), comma=gap), *names[index:]]
    *others, last = names
    return [*others, last.with_changes(comma=gap), cst.ImportAlias(cst.Name(name), comma=last.comma)]


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
        _is_from(small, name) for small in statement.body
    )


def _is_from(small: cst.CSTNode, name: str) -> TypeGuard[cst.ImportFrom]:
    return (
        isinstance(small, cst.ImportFrom)
        and not small.relative
        and isinstance(small.module, cst.Name)
        and small.module.value == name
    )


def _is_docstring(statement: cst.CSTNode, index: int) -> bool:
    if index or not isinstance(statement, cst.SimpleStatementLine):
        return False
    first = statement.body[0] if statement.body else None
    return isinstance(first, cst.Expr) and isinstance(first.value, cst.SimpleString | cst.ConcatenatedString)
