"""Handlers that let a failed write pass in silence, so that the session goes on in a broken transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from msgspec import Struct

from archlint.facts.syntax import (
    Attribute,
    Constant,
    ExceptHandler,
    Expression,
    FunctionDef,
    Node,
    Raise,
    Return,
    Sequence,
    Statement,
    Try,
    With,
)
from archlint.facts.traversal import all_nodes, dotted, nested_blocks
from archlint.findings import Location
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.scopes import holds, statements_around
from archlint.service.transactions.attempts import has_silent_handler, is_silent
from archlint.service.transactions.session_acts import Act, SessionAct, acts

_FAILING = frozenset({"commit", "exec", "execute", "flush"})
_EVERYTHING = frozenset({"builtins.BaseException", "builtins.Exception"})
_ENDING = frozenset({"aclose", "close", "remove", "rollback"})


class Swallowed(Struct, eq=False, frozen=True):
    """The handler of `function` does nothing about a failure of `act`."""

    function: Function
    handler: ExceptHandler
    act: Act

    @property
    def location(self) -> Location:
        """The `except` with its types."""
        handler = self.handler
        end = handler.types.end if handler.types is not None else handler.start + len("except")
        return self.function.module.span(handler.start, end)


def swallowed(calls: Calls, function: Function) -> Iterator[Swallowed]:
    """The handlers around writes on a session of somebody else that only pass or log."""
    node = function.node
    if not isinstance(node, FunctionDef):
        return
    if not has_silent_handler(function.module.source, node):
        return
    failing = [act for act in acts(calls, function) if _may_fail(act) and _is_given(calls, act)]
    for statement in statements(node.body) if failing else ():
        if isinstance(statement, Try):
            inside = [act for act in failing if _is_attempted(statement, act)]
            for handler in _silent(calls, function, node, statement) if inside else ():
                yield Swallowed(function, handler, inside[0])


def _may_fail(act: Act) -> bool:
    """`add` and its kin only note what a flush will do."""
    return act.work in {SessionAct.WRITE, SessionAct.FLUSH, SessionAct.COMMIT} and act.text in _FAILING


def _is_given(calls: Calls, act: Act) -> bool:
    """Whether the session comes from outside; one that a function opens ends with it, failed or not."""
    owner = (dotted(act.session) or "").partition(".")[0]
    function: Function | None = act.function
    while owner and function is not None and function.node is not None:
        if owner in calls.inference.scan(function).bindings:
            return False
        if any(parameter.name == owner for parameter in function.node.parameters):
            return function is act.function
        function = function.parent
    return bool(owner)


def _is_attempted(statement: Try, act: Act) -> bool:
    """Whether the act stands in the `try` itself, and no `with` or other `try` there may deal with it."""
    if not holds(statement.body, act.node) or _any(_rolls_back, statement.body):
        return False
    return not any(isinstance(inner, Try | With) for inner in statements_around(statement.body, act.node))


def _silent(calls: Calls, function: Function, node: FunctionDef, statement: Try) -> Iterator[ExceptHandler]:
    """The handlers that get errors of the database, and do nothing with them that could be seen outside."""
    if _any(_ends, statement.finally_) or _any(_gives, statement.body) or _goes_on(node.body, statement):
        return
    returns = _any(_gives, node.body)
    for handler in statement.handlers:
        caught = _caught(calls, function, handler)
        relevant = any(name in _EVERYTHING or name.startswith("sqlalchemy.exc.") for name in caught)
        if relevant and all(is_silent(one, returns) for one in handler.body):
            yield handler
        if caught & _EVERYTHING.union(names_of("any database error")):
            return


def _caught(calls: Calls, function: Function, handler: ExceptHandler) -> frozenset[str]:
    types = handler.types
    named: tuple[Expression, ...] = types.items if isinstance(types, Sequence) else (types,) if types else ()
    if not named:
        return frozenset({"builtins.BaseException"})
    symbols = (calls.symbols.resolve(function.module, one, function.inner_scope) for one in named)
    return frozenset(_qualified(symbol.qualified) for symbol in symbols)


def _qualified(name: str) -> str:
    return f"builtins.{name}" if name in {"BaseException", "Exception"} else name


def _any(test: Callable[[Node], bool], block: tuple[Statement, ...]) -> bool:
    return any(test(node) for statement in block for node in all_nodes(statement))


def _ends(node: Node) -> bool:
    return isinstance(node, Raise) or _rolls_back(node)


def _rolls_back(node: Node) -> bool:
    return isinstance(node, Attribute) and node.attr in _ENDING


def _gives(node: Node) -> bool:
    """Whether it returns something, whose absence a caller may notice."""
    match node:
        case Return(value=None | Constant(value=None)):
            return False
    return isinstance(node, Return)


def _goes_on(body: tuple[Statement, ...], statement: Try) -> bool:
    """Whether what follows the `try` may still raise or roll back."""
    for outer in (None, *statements_around(body, statement)[:-1]):
        blocks = nested_blocks(outer) if outer is not None else iter((body,))
        for block in blocks:
            after = [one for one in block if one.start >= statement.end] if holds(block, statement) else []
            if _any(_ends, tuple(after)):
                return True
    return False
