"""Reads a function's own statements once: what it binds, calls, awaits, iterates, enters and returns."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from copy import copy

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Assign,
    Attribute,
    AugmentedAssign,
    Await,
    Call,
    ClassDef,
    Comprehension,
    Constant,
    Dict,
    Evaluate,
    Expression,
    For,
    FString,
    FunctionDef,
    If,
    Import,
    ImportFrom,
    Lambda,
    Match,
    Name,
    Operator,
    Parameter,
    Raise,
    Return,
    Sequence,
    Simple,
    Starred,
    Statement,
    Subscript,
    Try,
    Walrus,
    While,
    With,
)
from archlint.facts.traversal import OPENING, children, comprehension_parts, is_main_guard
from archlint.facts.type_checking import at_run_time
from archlint.service.calls.conditions import Need, needs, needs_after
from archlint.service.calls.run_once import fills_after_return, first_time_branches, setters_of
from archlint.service.calls.sites import BindingSite, Scan, Site

GATHERING = frozenset(
    {"gather", "create_task", "ensure_future", "wait", "wait_for", "shield", "as_completed"}
)
"""Who gets a coroutine as an argument and sees to it that it runs."""


_ENTERING = {"enter_context": False, "enter_async_context": True}
"""The methods of an exit stack that enter a context manager, and whether they await it."""
_TESTS_MEMBERS = frozenset({"in", "not in"})
_STORING = frozenset({"add", "append", "appendleft", "insert", "setdefault"})
"""Methods by which a container gets its last argument."""


class _OwnNames(Container[str]):
    """The parameters, and what has been bound so far and is not declared to be of the surroundings."""

    def __init__(self, parameters: Mapping[str, str], found: Scan) -> None:
        self._parameters = parameters
        self._found = found

    def __contains__(self, name: object) -> bool:
        known = name in self._parameters or name in self._found.bindings
        return known and name not in self._found.outer_names


class Scanner:
    """Walks statements; `once` and `main` hold for what is being read.

    `self_name` is the name of the object in a method.
    """

    def __init__(
        self, source: PythonSource, parameters: tuple[Parameter, ...] = (), self_name: str | None = None
    ) -> None:
        self.found = Scan()
        self._self_name = self_name
        self._source = source
        self._spellings = source.spellings
        self._block = (0, 1 << 60)
        self._limited = False
        self._once = False
        self._main = False
        self._needs: frozenset[Need] = frozenset()
        self._parameters = {parameter.name: parameter.name for parameter in parameters}

    def body(self, statements: tuple[Statement, ...], once: bool = False) -> None:
        """Read one block."""
        if not statements:
            return
        outer = self._block, self._once, self._needs
        self._block, self._once = (statements[0].start, statements[-1].end), self._once or once
        for index, statement in enumerate(statements):
            self._statement(statement)
            if type(statement) is If:
                following = statements[index + 1 :]
                if fills_after_return(statement, following, self._own_names, setters_of(self._source)):
                    self._once = True
                if further := needs_after(statement, self._parameters):
                    self._needs |= further
        self._block, self._once, self._needs = outer

    def visit(self, node: Expression, awaited: bool = False) -> None:
        """Read an expression."""
        kind = type(node)
        if kind is Name or kind is Constant:  # Most are, and hold nothing.
            return
        if type(node) is Call:
            self._site("call", node, awaited)
            self._call(node)
            return
        if type(node) is Attribute:
            self._site("read", node)
            self.visit(node.value)
            return
        match node:
            case Operator():
                self._operator(node, awaited)
            case Sequence() | FString() | Dict():
                for child in children(node):
                    self.visit(child, awaited and kind is Sequence)
            case Await(value=value):
                self._site("await", value)
                self.visit(value, awaited=True)
            case Comprehension():
                self._comprehension(node, awaited)
            case Walrus(name=name, value=value):
                self._bind(name, BindingSite("value", value.end, self._block, value))
                self.visit(value)
            case Lambda():
                for parameter in node.parameters:
                    if parameter.default is not None:
                        self.visit(parameter.default)
            case Starred(value=value):
                self._site("iterate", value, awaited)
                self.visit(value, awaited)
            case _:
                for child in children(node):
                    self.visit(child)

    def _operator(self, node: Operator, awaited: bool) -> None:
        if node.operator in {"yield", "yield from"}:
            self._yield(node)
        elif node.operator == "if":
            self._choice(node, awaited)
        else:
            if node.operator == "compare" and not _TESTS_MEMBERS.isdisjoint(node.detail):
                self._site("iterate", node.parts[-1])
            for part in node.parts:
                self.visit(part, awaited)

    def _call(self, node: Call) -> None:
        if type(node.func) is Attribute:
            self.visit(node.func.value)
            name = node.func.attr
        else:
            self.visit(node.func)
            name = node.func.id if type(node.func) is Name else ""
        gathers = name in GATHERING
        if name in _STORING or name == "setattr":
            self._storing(node, name)
        if name in _ENTERING and node.args:
            self._site("enter", node.args[0], awaited=_ENTERING[name])
        for argument in [*node.args, *[keyword.value for keyword in node.keywords]]:
            self.visit(argument, awaited=gathers)

    def _storing(self, node: Call, name: str) -> None:
        match node:
            case Call(func=Attribute(value=container), args=(*_, value)) if name in _STORING:
                self.found.stores.append((container, value))
            case Call(
                func=Name(id="setattr"), args=(Attribute(attr="state"), Constant(value=str(key)), value)
            ):
                self.found.states.append((key, value))

    def _comprehension(self, node: Comprehension, awaited: bool) -> None:
        outer = self._block
        for clause in node.clauses:
            self._site("iterate", clause.iterable, awaited=clause.is_async)
            self._block, self._limited = (node.start, node.end), True
            self._targets(clause.target, clause.iterable, "element")
            self._block, self._limited = outer, False
        for part in comprehension_parts(node):
            self.visit(part, awaited and part is node.value)

    def _yield(self, node: Operator) -> None:
        self.found.is_generator = True
        for part in node.parts:
            if node.operator == "yield from":
                self._site("iterate", part)
                self.found.delegated.append(part)
            else:
                self.found.yielded.append(part)
            self.visit(part)

    def _statement(self, statement: Statement) -> None:
        if type(statement) in OPENING:
            self._compound(statement)
            return
        if type(statement) is Evaluate:
            self.visit(statement.value)
            return
        if type(statement) is Assign:
            self._assign(statement)
            return
        match statement:
            case FunctionDef() | ClassDef():
                self._definition(statement)
            case Return(value=value):
                if value is not None:
                    self.found.returned.append(value)
                    self.visit(value)
            case ImportFrom() | Import():
                for alias in statement.names:
                    name = alias.asname or alias.name.partition(".")[0]
                    self._bind(name, BindingSite("definition", statement.start, self._block))
            case Raise():
                self._each(statement.value, statement.cause)
            case AugmentedAssign(target=target, value=value):
                self.visit(target)
                self.visit(value)
            case Simple(keyword="global" | "nonlocal"):
                self.found.outer_names.update(part.id for part in statement.parts if isinstance(part, Name))
            case Simple(parts=parts):
                self._each(*parts)

    def _compound(self, statement: Statement) -> None:
        match statement:
            case If():
                self._if(statement)
            case For():
                self._site("iterate", statement.iterable, awaited=statement.is_async)
                self.visit(statement.iterable, awaited=statement.is_async)
                self._targets(statement.target, statement.iterable, "element")
                self._blocks(statement.body, statement.orelse)
            case While():
                self.visit(statement.test)
                self._blocks(statement.body, statement.orelse)
            case With():
                for item in statement.items:
                    self._site("enter", item.value, awaited=statement.is_async)
                    self.visit(item.value, awaited=statement.is_async)
                    if item.target is not None:
                        self._targets(item.target, item.value, "aenter" if statement.is_async else "enter")
                self._blocks(statement.body)
            case Try():
                handlers = (handler.body for handler in statement.handlers)
                self._blocks(statement.body, *handlers, statement.orelse, statement.finally_)
            case Match():
                self.visit(statement.subject)
                for case in statement.cases:
                    self._each(case.guard)
                    self._blocks(case.body)

    def _blocks(self, *blocks: tuple[Statement, ...]) -> None:
        for block in blocks:
            self.body(block)

    def _each(self, *expressions: Expression | None) -> None:
        for expression in expressions:
            if expression is not None:
                self.visit(expression)

    def _if(self, statement: If) -> None:
        main, outer = self._main, self._needs
        kept = first_time_branches(statement, self._own_names, setters_of(self._source))
        for branch in statement.branches:
            self.visit(branch.test)
            verdict = at_run_time(branch.test, self._spellings)
            if verdict is False:
                continue
            before = self._needs
            self._main = main or is_main_guard(branch.test)
            self._needs = before | needs(branch.test, True, self._parameters)
            self.body(branch.body, once=branch.body in kept)
            self._main, self._needs = main, before | needs(branch.test, False, self._parameters)
            if verdict is True:
                break
        else:
            self.body(statement.orelse, once=statement.orelse in kept)
        self._needs = outer

    @property
    def _own_names(self) -> _OwnNames:
        return _OwnNames(self._parameters, self.found)

    def _choice(self, node: Operator, awaited: bool) -> None:
        """`value if test else alternative`."""
        value, test, alternative = node.parts
        self.visit(test)
        outer = self._needs
        self._needs = outer | needs(test, True, self._parameters)
        self.visit(value, awaited)
        self._needs = outer | needs(test, False, self._parameters)
        self.visit(alternative, awaited)
        self._needs = outer

    def _definition(self, statement: FunctionDef | ClassDef) -> None:
        self._bind(statement.name, BindingSite("definition", statement.start, self._block))
        self._each(*statement.decorators)
        if isinstance(statement, ClassDef):
            self._class_body(statement)
            return
        for parameter in statement.parameters:
            self._each(parameter.default)
            if parameter.annotation is not None:
                self._annotation(parameter.annotation)

    def _class_body(self, statement: ClassDef) -> None:
        """What stands in a class's body runs where the class is defined, but binds names of the class."""
        inner = copy(self)
        inner.found, inner._self_name = Scan(sites=self.found.sites), None
        inner._limited, inner._parameters = False, {}
        inner.body(statement.body)

    def _annotation(self, annotation: Expression) -> None:
        """`Annotated[…, Depends(f)]`: the calls in an annotation, which run with the definition."""
        kind = type(annotation)
        if kind is Subscript or kind is Sequence or kind is Operator:
            for child in children(annotation):
                self._annotation(child)
        elif kind is Call:
            self.visit(annotation)

    def _assign(self, statement: Assign) -> None:
        if statement.annotation is not None:
            self._annotation(statement.annotation)
        for target in statement.targets:
            self._targets(target, statement.value, "value", statement.annotation)
            if type(target) is Subscript:
                self.visit(target)
            if statement.value is not None and type(target) is not Name:
                self._stored(target, statement.value)
        if statement.value is not None:
            if type(statement.value) is Call and any(type(one) is Sequence for one in statement.targets):
                self._site("iterate", statement.value)
            self.visit(statement.value)

    def _stored(self, target: Expression, value: Expression) -> None:
        match target:
            case Subscript(value=Name() | Attribute() as container):
                self.found.stores.append((container, value))
            case Attribute(value=Name(id="state") | Attribute(attr="state"), attr=name):
                self.found.states.append((name, value))

    def _targets(
        self,
        target: Expression,
        value: Expression | None,
        kind: str,
        annotation: Expression | None = None,
    ) -> None:
        start = self._block[0] if self._limited else max(target.end, value.end if value else 0)
        binding = BindingSite(kind, start, self._block, value, annotation, self._limited)
        match target:
            case Name(id=name):
                self._bind(name, binding)
            case Attribute(value=Name(id=owner), attr=name) if owner == self._self_name:
                self.found.attributes[name].append(binding)
                if isinstance(value, Name) and value.id in self._parameters:
                    self._parameters[f"{owner}.{name}"] = value.id
            case Starred(value=inner):
                self._targets(inner, None, kind)
            case Sequence(items=items):
                for item, (one, how) in zip(items, _unpacked(items, value, kind), strict=True):
                    self._targets(item, one, how)

    def _bind(self, name: str, binding: BindingSite) -> None:
        self.found.bindings[name].append(binding)

    def _site(self, kind: str, node: Expression, awaited: bool = False) -> None:
        self.found.sites.append(Site(kind, node, awaited, self._once, self._main, self._needs))


def _unpacked(
    items: tuple[Expression, ...], value: Expression | None, kind: str
) -> Iterator[tuple[Expression | None, str]]:
    """What each of several targets gets."""
    if kind == "value" and isinstance(value, Sequence) and len(value.items) == len(items):
        yield from ((item, "value") for item in value.items)
    else:
        how = {"value": "element", "element": "element of element"}.get(kind, "unknown")
        yield from ((value, how) for _ in items)
