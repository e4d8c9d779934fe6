"""What only type checkers see: the blocks that a test of `TYPE_CHECKING` keeps from being run."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    Constant,
    Expression,
    If,
    Import,
    ImportFrom,
    Name,
    Operator,
    Statement,
    While,
)
from archlint.facts.traversal import dotted, nodes_by_kind

TYPE_CHECKING = "TYPE_CHECKING"
_MYPY = "MYPY"
"""What type checkers take for true whatever it is, as mypy's documentation has it."""
_TYPING = frozenset({"typing", "typing_extensions"})


def blocks(statement: If | While, spellings: frozenset[str]) -> Iterator[tuple[tuple[Statement, ...], bool]]:
    """The blocks of an `if` or `while`, each with whether it is never run: it is there for type checkers."""
    if type(statement) is While:
        yield statement.body, at_run_time(statement.test, spellings) is False
        yield statement.orelse, False
        return
    assert type(statement) is If
    decided = False
    for branch in statement.branches:
        verdict = at_run_time(branch.test, spellings)
        yield branch.body, decided or verdict is False
        decided = decided or verdict is True
    yield statement.orelse, decided


def at_run_time(test: Expression, spellings: frozenset[str]) -> bool | None:
    """What a test is when the program runs, where `TYPE_CHECKING` is False; None where that depends."""
    if type(test) is Name or type(test) is Attribute:
        return False if dotted(test) in spellings | {_MYPY} else None
    match test:
        case Constant(value=bool() | int() | None as value):
            return bool(value)
        case Operator(operator="not", parts=(inner,)):
            verdict = at_run_time(inner, spellings)
            return None if verdict is None else not verdict
        case Operator(operator="and" | "or" as operator, parts=parts):
            verdicts = [at_run_time(part, spellings) for part in parts]
            decisive = operator == "or"
            if decisive in verdicts:
                return decisive
            return None if None in verdicts else not decisive
        case Operator(operator="compare", detail=(sign,), parts=(tested, Constant(value=bool(value)))):
            verdict = at_run_time(tested, spellings) if sign in {"is", "==", "is not", "!="} else None
            return None if verdict is None else (verdict is value) == (sign in {"is", "=="})
        case Call(func=Name(id="bool"), args=(inner,), keywords=()):
            return at_run_time(inner, spellings)
    return None


def spellings_in(body: tuple[Statement, ...]) -> frozenset[str]:
    """How a file writes `typing.TYPE_CHECKING`: by its own imports, aliases, and a constant of that name."""
    nodes = nodes_by_kind(body)
    found = {TYPE_CHECKING}
    for statement in nodes.get(Import, ()):
        assert isinstance(statement, Import)
        for alias in statement.names:
            if alias.name in _TYPING:
                found.add(f"{alias.asname or alias.name}.{TYPE_CHECKING}")
    for imported in nodes.get(ImportFrom, ()):
        assert isinstance(imported, ImportFrom)
        if imported.module in _TYPING and not imported.level:
            found |= {alias.asname or alias.name for alias in imported.names if alias.name == TYPE_CHECKING}
    for assigned in nodes.get(Assign, ()):
        assert isinstance(assigned, Assign)
        value = dotted(assigned.value) if assigned.value is not None else None
        if value in found:
            found |= {target.id for target in assigned.targets if isinstance(target, Name)}
    return frozenset(found)
