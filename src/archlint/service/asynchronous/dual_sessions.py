"""Code that takes either kind of session and asks which one it has: its other branch is for other callers.

`if isinstance(session, AsyncSession): await … else: …`, or by a flag that keeps the answer. Which kind a
caller hands over, only he tells; that it is the synchronous one, nothing shows.
"""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    Expression,
    FunctionDef,
    If,
    Name,
    Operator,
    Sequence,
    Statement,
)
from archlint.facts.traversal import dotted, nested_blocks
from archlint.service.calls.conditions import leaves
from archlint.service.calls.functions import Function
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.symbols import Symbols

_MAX_STEPS = 3


def is_for_synchronous(function: Function, offset: int, symbols: Symbols) -> bool:
    """Whether what stands there in the function runs only where the session is a synchronous one."""
    body = function.node.body if isinstance(function.node, FunctionDef) else ()
    return any(_says_synchronous(function, test, holds, symbols, 0) for test, holds in _decided(body, offset))


def _decided(body: tuple[Statement, ...], offset: int) -> Iterator[tuple[Expression, bool]]:
    """The tests that hold, or do not, where something stands: of branches around, and of those that left."""
    for statement in (one for one in body if one.start <= offset):
        is_around = offset < statement.end
        for branch in statement.branches if isinstance(statement, If) else ():
            inside = bool(branch.body) and branch.body[0].start <= offset < branch.body[-1].end
            if inside:
                yield branch.test, True
                break
            if (is_around and branch.test.end <= offset) or leaves(branch.body):
                yield branch.test, False
        for block in nested_blocks(statement) if is_around else ():
            yield from _decided(block, offset)


def _says_synchronous(function: Function, test: Expression, holds: bool, symbols: Symbols, step: int) -> bool:
    match test:
        case Operator(operator="not", parts=(inner,)):
            return _says_synchronous(function, inner, not holds, symbols, step)
        case Operator(operator="and" | "or" as operator, parts=parts) if holds is (operator == "and"):
            return any(_says_synchronous(function, one, holds, symbols, step) for one in parts)
        case Call(func=Name(id="isinstance"), args=(_, kinds)):
            return _are_all(function, kinds, "session" if holds else "async session", symbols)
        case Name() | Attribute() if step < _MAX_STEPS:
            kept = list(_kept(function, test))
            return len(kept) == 1 and _says_synchronous(function, kept[0], holds, symbols, step + 1)
    return False


def _are_all(function: Function, kinds: Expression, wanted: str, symbols: Symbols) -> bool:
    """Whether a type, or each of a tuple, is a session of the wanted kind."""
    items = kinds.items if isinstance(kinds, Sequence) else (kinds,)
    names = (
        names_of("async session") | names_of("async scoped session")
        if wanted == "async session"
        else names_of("session") | names_of("scoped session")
    )
    found = (symbols.resolve(function.module, one, function.inner_scope).qualified for one in items)
    return bool(items) and all(one in names for one in found)


def _kept(function: Function, flag: Name | Attribute) -> Iterator[Expression]:
    """What a flag is given: a name in the function, an attribute of `self` in any method of the class."""
    name = dotted(flag)
    owner = function.owner if isinstance(flag, Attribute) else None
    functions = owner.methods.values() if owner is not None else (function,)
    for one in functions:
        for statement in statements(one.node.body) if isinstance(one.node, FunctionDef) else ():
            if not isinstance(statement, Assign) or statement.value is None:
                continue
            if any(dotted(target) == name for target in statement.targets):
                yield statement.value
