"""A function's statements as what they do with sessions: the acts and calls, and the ways through them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Literal, TypeAlias

from msgspec import Struct

from archlint.facts.syntax import (
    Call,
    Comprehension,
    Expression,
    For,
    FunctionDef,
    If,
    Match,
    Name,
    Node,
    Operator,
    Raise,
    Return,
    Simple,
    Statement,
    Try,
    While,
    With,
)
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.conditions import Need, needs
from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import Library
from archlint.service.calls.values import Manager
from archlint.service.semantics.bindings import own_nodes
from archlint.service.semantics.unread import body_of
from archlint.service.transactions.session_acts import Act, SessionAct, acts, is_session

Exit: TypeAlias = Literal["return", "break", "continue", "raise"]
_HERE = frozenset({"here", "awaited"})
_EXITS = frozenset({"__aexit__", "__exit__"})


class Do(Struct, eq=False, frozen=True):
    """An act on a session."""

    act: Act


class Run(Struct, eq=False, frozen=True):
    """A call of one of the edges' functions; `uncertain` when it may not be reached."""

    edges: tuple[Edge, ...]
    uncertain: bool = False


class Hole(Struct, eq=False, frozen=True):
    """Where a generator yields, or a decorator's wrapper calls what it wraps."""

    node: Node


class Leave(Struct, eq=False, frozen=True):
    """The block is left."""

    way: Exit


class Alternatives(Struct, eq=False, frozen=True):
    """One of the arms is run, each under what it needs of the parameters."""

    node: Node
    arms: tuple[tuple[frozenset[Need], Effects], ...]


class Loop(Struct, eq=False, frozen=True):
    """The body is run any number of times."""

    node: Node
    body: Effects


class Attempt(Struct, eq=False, frozen=True):
    """A `try`."""

    node: Try
    body: Effects
    handlers: tuple[Effects, ...]
    orelse: Effects
    finally_: Effects


class Block(Struct, eq=False, frozen=True):
    """One item of a `with`: `kind` says what it is.

    `open` opens a session that `target` names; `begin` commits the transaction of `session` in the end;
    `open begin` does both; `manager` runs a generator of the service around the body; `object` calls the
    methods of an object at both ends.
    """

    node: Expression
    kind: Literal["open", "begin", "open begin", "manager", "object"]
    body: Effects
    target: str | None = None
    session: Expression | None = None
    manager: Function | None = None
    enter: tuple[Edge, ...] = ()
    leave: tuple[Edge, ...] = ()


Effect: TypeAlias = Do | Run | Hole | Leave | Alternatives | Loop | Attempt | Block
Effects: TypeAlias = tuple[Effect, ...]


class Reader:
    """Reads functions, each once; `busy` are those that come to a session at all."""

    def __init__(self, calls: Calls, busy: frozenset[Function]) -> None:
        self._calls = calls
        self._busy = busy
        self._known: dict[Function, Effects] = {}

    def steps(self, function: Function) -> Effects:
        """What the function does, in order."""
        if function not in self._known:
            node = function.node
            body = self._body(function, node) if isinstance(node, FunctionDef) else ()
            self._known[function] = _Body(self._calls, function, self._busy).block(body)
        return self._known[function]

    def _body(self, function: Function, node: FunctionDef) -> tuple[Statement, ...]:
        return body_of(function.module.source, node, self._calls.program.defined)


class _Body:
    def __init__(self, calls: Calls, function: Function, busy: frozenset[Function]) -> None:
        self._calls = calls
        self._function = function
        self._acts = {act.node: act for act in acts(calls, function)}
        self._edges: dict[Node, list[Edge]] = {}
        for edge in calls.edges_from(function):
            matters = edge.callee in busy or calls.inference.scan(edge.callee).is_generator
            if matters and edge.way in _HERE and not edge.main and not edge.once:
                self._edges.setdefault(edge.site, []).append(edge)

    def block(self, body: tuple[Statement, ...]) -> Effects:
        return tuple(step for statement in body for step in self._statement(statement) if not _is_idle(step))

    def _statement(self, statement: Statement) -> Iterator[Effect]:
        match statement:
            case If():
                yield from self._if(statement)
            case For():
                yield from self._in(statement.iterable)
                yield Loop(statement, self.block(statement.body))
                yield from self.block(statement.orelse)
            case While():
                yield Loop(statement, (*self._in(statement.test), *self.block(statement.body)))
                yield from self.block(statement.orelse)
            case With():
                yield from self._with(statement, 0)
            case Try():
                handlers = tuple(self.block(handler.body) for handler in statement.handlers)
                body, orelse = self.block(statement.body), self.block(statement.orelse)
                yield Attempt(statement, body, handlers, orelse, self.block(statement.finally_))
            case Match():
                yield from self._in(statement.subject)
                arms = tuple((frozenset[Need](), self.block(case.body)) for case in statement.cases)
                yield Alternatives(statement, (*arms, (frozenset(), ())))
            case _:
                yield from self._plain(statement)

    def _plain(self, statement: Statement) -> Iterator[Effect]:
        yield from self._in(statement)
        match statement:
            case Return():
                yield Leave("return")
            case Raise():
                yield Leave("raise")
            case Simple(keyword="break" | "continue" as way):
                yield Leave("break" if way == "break" else "continue")

    def _if(self, statement: If) -> Iterator[Effect]:
        yield from self._in(statement.branches[0].test)
        arms: list[tuple[frozenset[Need], Effects]] = []
        before: frozenset[Need] = frozenset()
        for branch in statement.branches:
            arms.append((before | needs(branch.test, True, self._parameters), self.block(branch.body)))
            before |= needs(branch.test, False, self._parameters)
        yield Alternatives(statement, (*arms, (before, self.block(statement.orelse))))

    @cached_property
    def _parameters(self) -> dict[str, str]:
        node = self._function.node
        bound = self._calls.inference.scan(self._function).bindings
        return {p.name: p.name for p in node.parameters if p.name not in bound} if node else {}

    def _with(self, statement: With, index: int) -> Iterator[Effect]:
        if index == len(statement.items):
            yield from self.block(statement.body)
            return
        item = statement.items[index]
        inner = tuple(self._with(statement, index + 1))
        target = item.target.id if isinstance(item.target, Name) else None
        yield from self._block(item.value, target, inner)

    def _block(self, value: Expression, target: str | None, inner: Effects) -> Iterator[Effect]:
        act = self._acts.get(value) if isinstance(value, Call) else None
        if act is not None and act.work in {SessionAct.BEGIN, SessionAct.SAVEPOINT}:
            if act.work is SessionAct.BEGIN:
                yield Block(value, "begin", inner, session=act.session)
            else:
                yield from inner
            return
        values = self._calls.inference.values(value, self._function)
        managers = [one.function for one in values if isinstance(one, Manager)]
        edges = self._edges.get(value, [])
        if len(managers) == 1 and len(values) == 1:
            yield Block(value, "manager", inner, target, manager=managers[0], enter=tuple(edges))
        elif is_session(values) and isinstance(value, Call):
            begins = any(
                isinstance(one, Library) and one.path.endswith("sessionmaker().begin")
                for one in self._calls.inference.values(value.func, self._function)
            )
            yield Block(value, "open begin" if begins else "open", inner, target)
        else:
            leave = tuple(edge for edge in edges if edge.callee.own_name in _EXITS)
            enter = tuple(edge for edge in edges if edge not in leave)
            yield Block(value, "object", inner, target, enter=enter, leave=leave)

    def _in(self, node: Statement | Expression) -> Iterator[Effect]:
        """What the expressions of a statement do; what is evaluated last ends last."""
        found: list[tuple[int, Effect]] = []
        loose = [
            one
            for one in own_nodes(node)
            if type(one) is Comprehension or (type(one) is Operator and one.operator in {"if", "or", "and"})
        ]
        for one in own_nodes(node):
            uncertain = any(outer.start <= one.start and one.end <= outer.end for outer in loose)
            if one in self._acts and not uncertain:
                found.append((one.end, Do(self._acts[one])))
            elif one in self._edges:
                found.append((one.end, Run(tuple(self._edges[one]), uncertain)))
            elif self._is_hole(one):
                found.append((one.end, Hole(one)))
        yield from (step for _, step in sorted(found, key=lambda pair: pair[0]))

    def _is_hole(self, node: Node) -> bool:
        """Whether a generator yields here, or a wrapper calls the function that its decorator was given."""
        if type(node) is not Operator and type(node) is not Call:
            return False
        outer = self._function.parent
        match node:
            case Operator(operator="yield"):
                return True
            case Call(func=Name(id=name)) if outer is not None and outer.node is not None:
                return any(parameter.name == name for parameter in outer.node.parameters[:1])
        return False


def _is_idle(step: Effect) -> bool:
    """Whether it changes nothing: neither what is done, nor the ways onward; a guard that raises does not."""
    match step:
        case Alternatives(arms=arms):
            quiet = [arm for _, arm in arms if not any(isinstance(one, Leave) for one in arm)]
            raising = all(arm == () or _only_raises(arm) for _, arm in arms)
            return raising and bool(quiet)
        case Loop(body=body):
            return body == () or _only_raises(body)
        case Attempt():
            return not (step.body or step.orelse or step.finally_ or any(step.handlers))
        case Block(kind="open" | "object" | "manager"):
            return step.body == () and not (step.enter or step.leave)
    return False


def _only_raises(steps: Effects) -> bool:
    return len(steps) == 1 and isinstance(steps[0], Leave) and steps[0].way == "raise"
