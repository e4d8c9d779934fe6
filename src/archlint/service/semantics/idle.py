"""Statements of a function that do nothing which anybody looks for, whatever values they compute and show."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from typing import TypeGuard

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Assign,
    Attribute,
    AugmentedAssign,
    Call,
    Constant,
    Dict,
    Evaluate,
    Expression,
    FString,
    FunctionDef,
    If,
    Name,
    Node,
    Operator,
    Sequence,
    Simple,
    Statement,
    Subscript,
)
from archlint.facts.traversal import all_nodes, children, nested_blocks
from archlint.readings import summary
from archlint.service.semantics.bindings import module_namespace, statements
from archlint.service.semantics.loggers import bound_names, loggers, logs
from archlint.service.semantics.plain_calls import imported_names, only_makes

_EXCEPTIONS = frozenset(
    name for name, one in vars(builtins).items() if isinstance(one, type) and issubclass(one, BaseException)
)
_PLAIN = _EXCEPTIONS.union({
    "abs", "ascii", "bin", "bool", "callable", "chr", "complex", "divmod", "float", "format", "hash", "hex",
    "id", "int", "isinstance", "issubclass", "len", "oct", "ord", "pow", "print", "repr", "round", "str",
    "type",
})  # fmt: skip
"""Builtins that neither call what they are given, by its name at least, nor iterate over it, nor wait."""


@summary
def plain_builtins(source: PythonSource) -> frozenset[str]:
    """The names of such builtins that stand for them wherever they stand in a file: nothing binds them."""
    if module_namespace(source).stars:
        return frozenset()
    bound = _PLAIN.intersection(bound_names(source))
    return _PLAIN - bound if bound else _PLAIN


_MAYBE_IDLE = frozenset({Assign, AugmentedAssign, Evaluate, If, Simple})


class Idle(Struct, frozen=True):
    """What does nothing in a function: `live` are the names that something else has.

    Unless it `keeps` values, no name may be given any.
    """

    plain: frozenset[str]
    logging: frozenset[str]
    imported: dict[str, str]
    defined: frozenset[str]
    live: frozenset[str]
    keeps: bool = True

    def has(self, statement: Statement) -> bool:
        """Whether a statement only computes and shows values of no consequence, in its blocks, too."""
        if type(statement) not in _MAYBE_IDLE:
            return False
        match statement:
            case Evaluate(value=value):
                return self._is_inert(value)
            case Assign(targets=targets, value=Node() as value, annotation=None):
                return all(map(self.is_name, targets)) and self._is_inert(value)
            case AugmentedAssign(target=target, value=value):
                return self.is_name(target) and self._is_inert(value)
            case Simple(keyword="pass" | "assert", parts=parts):
                return all(map(self._is_inert, parts))
            case If(branches=branches):
                tests = all(self._is_inert(branch.test) for branch in branches)
                return tests and all(self.has(one) for block in nested_blocks(statement) for one in block)
        return False

    def is_name(self, node: Expression) -> TypeGuard[Name]:
        """Whether it is a name that only idle statements have."""
        return isinstance(node, Name) and self.keeps and node.id not in self.live

    def _is_inert(self, node: Expression) -> bool:
        """Whether to compute an expression runs no code of the repository, and binds and suspends nothing."""
        match node:
            case Name() | Constant():
                return True
            case Attribute(value=value, attr=attr):
                return attr not in self.defined and self._is_inert(value)
            case Call(func=func, args=args, keywords=keywords):
                is_plain = isinstance(func, Name) and func.id in self.plain
                given = (*args, *(keyword.value for keyword in keywords))
                is_known = is_plain or logs(node, self.logging)
                is_inert = is_known and all(map(self._is_inert, given))
                return is_inert or only_makes(node, self.imported, self.defined)
            case Operator(operator=operator) if operator.startswith("yield"):
                return False
            case Dict() | FString() | Operator() | Sequence() | Subscript():
                return all(map(self._is_inert, children(node)))
        return False


def showing(source: PythonSource, function: FunctionDef, defined: frozenset[str]) -> Iterator[Statement]:
    """The statements of a function, those in blocks too, that only compute and show values and keep none."""
    idle = Idle(*_known(source), defined, frozenset(), keeps=False)
    return (one for one in statements(function.body) if idle.has(one))


def _known(source: PythonSource) -> tuple[frozenset[str], frozenset[str], dict[str, str]]:
    return plain_builtins(source), loggers(source), imported_names(source)


def idle_in(source: PythonSource, function: FunctionDef, defined: frozenset[str]) -> Idle:
    """What does nothing in a function, of a repository that defines these names.

    A name that something else has, in the function or in one in it, makes what is given to it count, and so
    the names that this is computed from.
    """
    live = frozenset(parameter.name for parameter in function.parameters)
    while True:
        idle = Idle(*_known(source), defined, live)
        found = live.union(_busy_names(idle, function.body))
        if found == live:
            return idle
        live = found


def _busy_names(idle: Idle, body: tuple[Statement, ...]) -> Iterator[str]:
    """The names in statements that do something, but for idle ones in their blocks."""
    for statement in body:
        if not idle.has(statement):
            inner = [one for block in nested_blocks(statement) for one in block]
            spans = [(one.start, one.end) for one in inner]
            for node in all_nodes(statement):
                if isinstance(node, Name) and not any(a <= node.start < b for a, b in spans):
                    yield node.id
            yield from _busy_names(idle, tuple(inner))
