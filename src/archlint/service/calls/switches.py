"""Branches of a function that are off until somebody configures the service otherwise."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from functools import cache

from archlint.facts.source import notice_naming
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
    Return,
    Sequence,
    Statement,
)
from archlint.facts.traversal import all_nodes, dotted, nested_blocks
from archlint.readings import unnoticed
from archlint.service.calls.branches import branched
from archlint.service.calls.conditions import leaves
from archlint.service.calls.functions import Function
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.modules import Module
from archlint.service.semantics.scopes import last_name
from archlint.service.semantics.symbols import Symbol, Symbols

_OFF = frozenset({"", "0", "f", "false", "n", "no", "none", "off"})
_MAX_STEPS = 6
_UNTOLD = object()
_CONVERTING = re.compile(r"(?i)int|str|Field|(.*_|str2|strto)?bool(ean)?(_.*)?")
"""Functions that make of a text what it says."""

_CASES = frozenset({"casefold", "lower", "strip", "upper"})


class Switches:
    """What the service's settings leave out by default."""

    def __init__(self, symbols: Symbols) -> None:
        self._symbols = symbols
        self.spans = cache(self._spans)

    def is_off(self, function: Function, offset: int) -> bool:
        """Whether what stands there in the function runs only where a setting says so."""
        return any(start <= offset < end for start, end in self.spans(function))

    def decide(self, function: Function, offset: int) -> bool:
        """Whether a setting, a variable or a switch among the parameters decides that it runs.

        It does by a branch around, or by one before that leaves.
        """
        node, source = function.node, function.module.source
        body = node.body if isinstance(node, FunctionDef) else source.body if node is None else ()
        return self._decides(function.module, frozenset(self._switches(function)), body, offset)

    def _decides(
        self, module: Module, switches: frozenset[str], body: tuple[Statement, ...], offset: int
    ) -> bool:
        for statement in (one for one in body if one.start <= offset):
            is_around = offset < statement.end
            branches = statement.branches if isinstance(statement, If) else ()
            if any(
                self._asks(module, switches, one.test) for one in branches if is_around or leaves(one.body)
            ):
                return True
            blocks = nested_blocks(statement) if is_around else ()
            if any(self._decides(module, switches, one, offset) for one in blocks):
                return True
        return False

    def _asks(self, module: Module, switches: frozenset[str], test: Expression) -> bool:
        """Whether a test asks for what is configured, or for one of the parameters `switches`."""
        return any(
            node.id in switches
            if isinstance(node, Name)
            else isinstance(node, Attribute | Call) and self._default(module, node, 0) is not _UNTOLD
            for node in all_nodes(test)
        )

    def _switches(self, function: Function) -> Iterator[str]:
        """The names of switches and settings that a function sees, its own and those of functions around it.

        They are the parameters that are True or False where nobody says otherwise, and what is settings.
        """
        outer = list(self._switches(function.parent)) if function.parent is not None else []
        yield from outer
        node, module = function.node, function.module
        if isinstance(node, FunctionDef):
            for one in node.parameters:
                is_switch = isinstance(one.default, Constant) and isinstance(one.default.value, bool)
                if is_switch or any(self._is_settings(module, name) for name in _names(one.annotation)):
                    outer.append(one.name)
                    yield one.name
            for statement in statements(node.body):
                if isinstance(statement, Assign) and self._gives_settings(module, statement.value, outer):
                    yield from (target.id for target in statement.targets if isinstance(target, Name))

    def _gives_settings(self, module: Module, value: Expression | None, known: Collection[str]) -> bool:
        """Whether a value is one of the known settings or made anew, as `given or get_settings()`."""
        match value:
            case Name(id=name):
                return name in known
            case Call():
                return self._is_settings_class(self._made(module, value))
            case Operator(operator="or" | "and" | "if", parts=parts):
                return any(self._gives_settings(module, part, known) for part in parts)
        return False

    def _is_settings(self, module: Module, name: Name) -> bool:
        return self._is_settings_class(self._symbols.resolve(module, name))

    def _is_settings_class(self, found: Symbol) -> bool:
        lineage = self._symbols.bases(found) if isinstance(found.node, ClassDef) else ()
        return any(base.qualified in names_of("settings base") for base in lineage)

    def _spans(self, function: Function) -> tuple[tuple[int, int], ...]:
        if not isinstance(function.node, FunctionDef):
            return ()
        notice_naming(branched, function.module.source, function.node)
        with unnoticed():
            body = function.node.body
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
            case Attribute(value=Name() | Call() as owner, attr=attr):
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

    def _field(self, module: Module, owner: Name | Call, attr: str, step: int) -> object:
        """The default of a field of the class that a module's object is made of."""
        made = self._made(module, owner) if isinstance(owner, Call) else self._object(module, owner)
        if made is None or not isinstance(made.node, ClassDef) or made.module is None:
            return _UNTOLD
        for item in made.node.body:
            if isinstance(item, Assign) and [t.id for t in item.targets if isinstance(t, Name)] == [attr]:
                return self._default(made.module, item.value, step + 1)
        return _UNTOLD

    def _object(self, module: Module, name: Name) -> Symbol | None:
        """The class of the object that a name of a module means."""
        bound = self._symbols.resolve(module, name)
        call = bound.node.value if isinstance(bound.node, Assign) else None
        return self._made(bound.module, call) if bound.module is not None and isinstance(call, Call) else None

    def _made(self, module: Module, call: Call) -> Symbol:
        """The class of which a call makes an object, by itself or by a function that returns one."""
        found = self._symbols.resolve(module, call.func)
        if isinstance(found.node, FunctionDef) and found.module is not None:
            returned = (one.value for one in statements(found.node.body) if isinstance(one, Return))
            made = [value for value in returned if isinstance(value, Call)]
            if len(made) == 1:
                return self._symbols.resolve(found.module, made[0].func)
        return found

    def _called(self, module: Module, node: Call, step: int) -> object:
        """A variable's default; a function of the service that reads one is told it by its last argument."""
        if isinstance(node.func, Attribute) and node.func.attr in _CASES and not node.args:
            value = self._default(module, node.func.value, step + 1)
            return getattr(value, node.func.attr)() if isinstance(value, str) else _UNTOLD
        match node.args:
            case (Constant(value=str()), *given) if self._reads(module, node):
                return self._default(module, given[0], step + 1) if given else None
            case (Constant(value=str()),) if (fallback := self._fallback(module, node)) is not None:
                return self._default(module, fallback, step + 1)
            case (inner, *_) if _CONVERTING.fullmatch(last_name(node.func)):
                return self._default(module, inner, step + 1)
        default = next((k.value for k in node.keywords if k.name == "default"), None)
        return self._default(module, default, step + 1)

    def _reads(self, module: Module, node: Call) -> bool:
        found = self._symbols.resolve(module, node.func)
        own = isinstance(found.node, FunctionDef) and len(node.args) == 2
        readers = names_of("variable reader")
        return own or found.qualified in readers or dotted(node.func) in readers

    def _fallback(self, module: Module, node: Call) -> Expression | None:
        """What a function of the service that reads a variable gives where it is not set: a default."""
        found = self._symbols.resolve(module, node.func)
        function = found.node
        if not isinstance(function, FunctionDef) or found.module is None or len(function.parameters) != 2:
            return None
        readers = names_of("variable reader")
        calls = (c for one in function.body for c in all_nodes(one) if isinstance(c, Call))
        is_reader = any(self._symbols.resolve(found.module, call.func).qualified in readers for call in calls)
        return function.parameters[1].default if is_reader else None

    def _compared(
        self, module: Module, left: Expression, right: Expression, operator: str, step: int
    ) -> object:
        value = self._default(module, left, step + 1)
        items = right.items if isinstance(right, Sequence) else (right,) if operator == "==" else ()
        known = [item.value for item in items if isinstance(item, Constant)]
        return value in known if value is not _UNTOLD and known and len(known) == len(items) else _UNTOLD


def _names(annotation: Expression | None) -> Iterator[Name]:
    nodes = all_nodes(annotation) if annotation is not None else ()
    return (node for node in nodes if isinstance(node, Name))


def _span(body: tuple[Statement, ...]) -> Iterator[tuple[int, int]]:
    if body:
        yield body[0].start, body[-1].end


def _counts(value: object) -> bool:
    return value.lower() not in _OFF if isinstance(value, str) else bool(value)
