"""Where a module gives statements to a SQLAlchemy session: the receivers whose type the source states."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from msgspec import Struct

from archlint.facts.source import PythonSource, function_summary, notice
from archlint.facts.syntax import (
    Assign,
    Attribute,
    Call,
    ClassDef,
    Constant,
    Expression,
    FunctionDef,
    Name,
    Statement,
    With,
)
from archlint.facts.traversal import dotted
from archlint.readings import unnoticed
from archlint.service.semantics.bindings import own_nodes, statements
from archlint.service.semantics.library_names import SESSIONS, names_of

if TYPE_CHECKING:
    from archlint.service.interpreter.types import Types
    from archlint.service.semantics.modules import Module
    from archlint.service.semantics.symbols import Scope, Symbols

DATA_ACCESS = frozenset(
    {
        *("add", "add_all", "bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings", "delete"),
        *("exec", "execute", "get", "get_one", "merge", "query", "scalar", "scalars", "stream"),
        "stream_scalars",
    }
)
"""Methods that read or write; who begins, commits or rolls back only draws a transaction's bounds."""
PROBE = re.compile(r"\s*(select\s+(1|version\(\)|now\(\))|set\s.*)\s*;?\s*", re.IGNORECASE | re.DOTALL)
"""Statements that only ask whether the database answers, or set up the connection."""


class SessionCall(Struct, frozen=True):
    """A call of `text`, such as `self.session.execute`, on a session."""

    node: Call
    text: str


def session_calls(module: Module, symbols: Symbols, annotations: Types) -> Iterator[SessionCall]:
    """The calls that read or write by a session, in reading order."""
    reader = _Reader(module, symbols, annotations)
    yield from sorted(reader.scope(module.source.body, (), frozenset()), key=lambda call: call.node.start)


class _Reader:
    def __init__(self, module: Module, symbols: Symbols, annotations: Types) -> None:
        self._module = module
        self._symbols = symbols
        self._annotations = annotations

    def scope(
        self, body: tuple[Statement, ...], scope: Scope, known: frozenset[str]
    ) -> Iterator[SessionCall]:
        """The calls in `body`; `known` are the receivers that the scopes around it show to be sessions."""
        known |= frozenset(self._opened(body, scope))
        for statement in statements(body):
            if type(statement) is FunctionDef:
                inner = (*scope, statement)
                names = known - {parameter.name for parameter in statement.parameters}
                body = self._body(statement)
                yield from self.scope(body, inner, names | self._parameters(statement, scope))
            elif type(statement) is ClassDef:
                inner = (*scope, statement)
                yield from self.scope(
                    statement.body, inner, known | frozenset(self._fields(statement, inner))
                )
            else:
                yield from _data_access(statement, known)

    def _opened(self, body: tuple[Statement, ...], scope: Scope) -> Iterator[str]:
        """Names bound to a session: annotated, or opened by `with` from a session factory."""
        for statement in statements(body):
            if type(statement) not in _OPENED_BY:
                continue
            match statement:
                case Assign(targets=(target,), annotation=annotation) if annotation is not None:
                    if self._is_session(annotation, scope) and (name := dotted(target)):
                        yield name
                case With(items=items):
                    for item in items:
                        if item.target is not None and self._opens(item.value, scope):
                            yield dotted(item.target) or ""

    def _opens(self, value: Expression, scope: Scope) -> bool:
        if not isinstance(value, Call):
            return False
        made = self._symbols.resolve(self._module, value.func, scope)
        if made.qualified in names_of(*SESSIONS):
            return True
        maker = made.node.value if isinstance(made.node, Assign) else None
        if not isinstance(maker, Call) or made.module is None:
            return False
        return self._symbols.resolve(made.module, maker.func).qualified in names_of("session maker")

    def _parameters(self, function: FunctionDef, scope: Scope) -> frozenset[str]:
        return frozenset(
            parameter.name
            for parameter in function.parameters
            if parameter.annotation is not None and self._is_session(parameter.annotation, scope)
        )

    def _fields(self, node: ClassDef, scope: Scope) -> Iterator[str]:
        """`self.name` for the class's fields that hold a session: annotated, or set from a parameter."""
        yield from (f"self.{name}" for name in self._opened(node.body, scope))
        for function in (item for item in node.body if type(item) is FunctionDef):
            sessions = self._parameters(function, scope)
            for statement in statements(self._body(function)):
                if type(statement) is not Assign:
                    continue
                match statement:
                    case Assign(targets=(Attribute() as target,), value=Name(id=name)) if name in sessions:
                        yield dotted(target) or ""
                    case Assign(targets=(Attribute() as target,), annotation=annotation) if annotation:
                        if self._is_session(annotation, scope):
                            yield dotted(target) or ""

    def _body(self, function: FunctionDef) -> tuple[Statement, ...]:
        notice(_read, self._module.source, function)
        with unnoticed():
            return function.body

    def _is_session(self, annotation: Expression, scope: Scope) -> bool:
        """Whether an annotation says session: the class, an `Annotated` of it, an alias, or it or None."""
        found = self._annotations.named(annotation, self._module, scope)
        return any(member.name in names_of(*SESSIONS) for member in found.members)


@function_summary
def _read(source: PythonSource, function: FunctionDef) -> tuple[object, ...]:
    """What is read of a body: its definitions, what may hold a session, and the calls that may be of one."""
    return tuple(part for statement in statements(function.body) for part in _parts(statement))


def _parts(statement: Statement) -> Iterator[object]:
    match statement:
        case FunctionDef() | ClassDef():
            yield statement
        case Assign(targets=(target,), annotation=annotation) if annotation is not None:
            yield target, annotation
        case Assign(targets=(Attribute() as target,), value=Name() as value):
            yield target, value
        case With(items=items):
            yield tuple((one.target, one.value.func) for one in items if isinstance(one.value, Call))
    if not isinstance(statement, FunctionDef | ClassDef):
        yield from ((_place(call), call.func, _probe(call)) for call in _calls(statement))


def _place(call: Call) -> Name:
    """Where a call stands, and nothing of what it is given."""
    return Name(call.start, call.length, "")


def _probe(call: Call) -> object:
    """Of what a call is given, what tells a statement that is no query."""
    match call.args[:1]:
        case (Call(args=(Constant(),)) as statement,):
            return statement
    return bool(call.args)


def _data_access(statement: Statement, known: frozenset[str]) -> Iterator[SessionCall]:
    for node in _calls(statement) if known else ():
        assert isinstance(node.func, Attribute)
        receiver = dotted(node.func.value)
        if receiver in known:
            yield SessionCall(node, f"{receiver}.{node.func.attr}")


_OPENED_BY = frozenset({Assign, With})


def _calls(statement: Statement) -> Iterator[Call]:
    """The calls of methods that read or write by a session, if they are a session's."""
    for node in own_nodes(statement):
        if type(node) is not Call or type(node.func) is not Attribute:
            continue
        if node.func.attr in DATA_ACCESS and dotted(node.func.value):
            yield node
