"""Branches of a function that are off until somebody configures the service otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    If,
    Name,
    Operator,
    Sequence,
    Statement,
)
from archlint.facts.traversal import dotted
from archlint.service.calls.functions import Function
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbols

_OFF = frozenset({"", "0", "f", "false", "n", "no", "none", "off"})
_MAX_STEPS = 6
_UNTOLD = object()
_CASES = frozenset({"casefold", "lower", "strip", "upper"})


class Switches:
    """What the service's settings leave out by default."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self.spans = cache(self._spans)

    def is_off(self, function: Function, offset: int) -> bool:
        """Whether what stands there in the function runs only where a setting says so."""
        return any(start <= offset < end for start, end in self.spans(function))

    def _spans(self, function: Function) -> tuple[tuple[int, int], ...]:
        body = function.node.body if isinstance(function.node, FunctionDef) else ()
        tests = (statement for statement in statements(body) if isinstance(statement, If))
        return tuple(span for one in tests for span in self._off_in(function.module, one))

    def _off_in(self, module: Module, statement: If) -> Iterator[tuple[int, int]]:
        """The branches that are off; after one that is on, nothing else runs, which is no switch."""
        for branch in statement.branches:
            value = self._default(module, branch.test, 0)
            if value is _UNTOLD or _counts(value):
                return
            yield from _span(branch.body)

    def _default(self, module: Module, node: Expression | None, step: int) -> object:
        """What an expression is when nobody configures anything."""
        if step > _MAX_STEPS:
            return _UNTOLD
        match node:
            case Constant(value=constant):
                return constant
            case Name():
                return self._named(module, node, step)
            case Attribute(value=Name() as owner, attr=attr):
                return self._field(module, owner, attr, step)
            case Call():
                return self._called(module, node, step)
            case Operator(operator="not", parts=(inner,)):
                value = self._default(module, inner, step + 1)
                return value if value is _UNTOLD else not _counts(value)
            case Operator(operator="compare", parts=(left, right), detail=("==" | "in" as operator,)):
                return self._compared(module, left, right, operator, step)
        return _UNTOLD

    def _named(self, module: Module, node: Name, step: int) -> object:
        found = self._symbols.resolve(module, node)
        if found.module is not None and isinstance(found.node, Assign):
            return self._default(found.module, found.node.value, step + 1)
        return _UNTOLD

    def _field(self, module: Module, owner: Name, attr: str, step: int) -> object:
        """The default of a field of the class that a module's object is made of."""
        made = self._symbols.resolve(module, owner)
        call = made.node.value if isinstance(made.node, Assign) else None
        if made.module is None or not isinstance(call, Call):
            return _UNTOLD
        cls = self._symbols.resolve(made.module, call.func)
        for item in cls.node.body if isinstance(cls.node, ClassDef) else ():
            if isinstance(item, Assign) and [t.id for t in item.targets if isinstance(t, Name)] == [attr]:
                assert cls.module is not None
                return self._default(cls.module, item.value, step + 1)
        return _UNTOLD

    def _called(self, module: Module, node: Call, step: int) -> object:
        """A variable's default; a function of the service that reads one is told it by its last argument."""
        if isinstance(node.func, Attribute) and node.func.attr in _CASES and not node.args:
            value = self._default(module, node.func.value, step + 1)
            return getattr(value, node.func.attr)() if isinstance(value, str) else _UNTOLD
        match node.args:
            case (Constant(value=str()), *given) if self._reads(module, node):
                return self._default(module, given[0], step + 1) if given else None
            case (inner,) if dotted(node.func) in {"bool", "int", "str"} or last_name(node.func) == "Field":
                return self._default(module, inner, step + 1)
        default = next((k.value for k in node.keywords if k.name == "default"), None)
        return self._default(module, default, step + 1)

    def _reads(self, module: Module, node: Call) -> bool:
        found = self._symbols.resolve(module, node.func)
        own = isinstance(found.node, FunctionDef) and len(node.args) == 2
        readers = names_of("variable reader")
        return own or found.qualified in readers or dotted(node.func) in readers

    def _compared(
        self, module: Module, left: Expression, right: Expression, operator: str, step: int
    ) -> object:
        value = self._default(module, left, step + 1)
        items = right.items if isinstance(right, Sequence) else (right,) if operator == "==" else ()
        known = [item.value for item in items if isinstance(item, Constant)]
        return value in known if value is not _UNTOLD and known and len(known) == len(items) else _UNTOLD


def _span(body: tuple[Statement, ...]) -> Iterator[tuple[int, int]]:
    if body:
        yield body[0].start, body[-1].end


def _counts(value: object) -> bool:
    return value.lower() not in _OFF if isinstance(value, str) else bool(value)
