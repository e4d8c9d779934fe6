"""The dependencies that give requests their sessions, and what they do when a request fails."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from archlint.facts.syntax import (
    Attribute,
    Call,
    Expression,
    FunctionDef,
    Name,
    Node,
    Operator,
    Return,
    Try,
    With,
)
from archlint.facts.traversal import all_nodes
from archlint.findings import Location
from archlint.service.api.injection import Injection
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import Library
from archlint.service.semantics.bindings import own_nodes, statements
from archlint.service.semantics.scopes import holds, statements_around
from archlint.service.transactions.session_acts import SessionAct, acts, is_session

_ENDING = frozenset({"aclose", "close", "remove", "reset", "rollback"})


class Provider(Struct, eq=False, frozen=True):
    """A dependency that opens a session at `opening` and gives it away at `given`.

    `yields` is false where it returns the session; `guarded` says whether a failure rolls back.
    """

    function: Function
    opening: Call
    given: Expression
    yields: bool
    guarded: bool

    @property
    def location(self) -> Location:
        """Where the session is opened."""
        return self.function.module.location(self.opening)


def providers(calls: Calls, injections: Iterable[Injection]) -> Iterator[Provider]:
    """The injected functions that open a session themselves, by path and line."""
    functions = calls.program.functions
    injected = {
        functions[injection.symbol.node]: None
        for injection in injections
        if injection.symbol.node in functions
    }
    for function in sorted(injected, key=lambda function: function.order):
        yield from _provided(calls, function)


def anything_ends_sessions(calls: Calls) -> bool:
    """Whether some function of the service closes a session, rolls one back, or enters one by `with`."""
    for function in calls.functions:
        if any(act.work in {SessionAct.CLOSE, SessionAct.ROLLBACK} for act in acts(calls, function)):
            return True
        sites = (site for site in calls.inference.scan(function).sites if site.kind == "enter")
        if any(is_session(calls.inference.values(site.node, function)) for site in sites):
            return True
    return False


def _provided(calls: Calls, function: Function) -> Iterator[Provider]:
    if not isinstance(function.node, FunctionDef):
        return
    for statement in statements(function.node.body):
        for node in own_nodes(statement):
            match node:
                case Operator(operator="yield", parts=(given,)):
                    opening = _opening(calls, function, given)
                    if opening is not None:
                        guarded = _is_guarded(function.node, node)
                        yield Provider(function, opening, given, yields=True, guarded=guarded)
                case Return(value=given) if given is not None:
                    opening = _opening(calls, function, given)
                    if opening is not None:
                        yield Provider(function, opening, given, yields=False, guarded=False)


def _opening(calls: Calls, function: Function, given: Expression) -> Call | None:
    """The call of a session factory that made what is given away, where the function itself made it."""
    if isinstance(given, Name):
        bindings = calls.read(function).bindings.get(given.id, ())
        made = [binding.value for binding in bindings if binding.kind in {"aenter", "enter", "value"}]
        given = made[0] if len(made) == 1 and made[0] is not None else given
    if not isinstance(given, Call) or not is_session(calls.inference.values(given, function)):
        return None
    makers = calls.inference.values(given.func, function)
    return given if makers and all(isinstance(maker, Library) for maker in makers) else None


def _is_guarded(function: FunctionDef, given: Operator) -> bool:
    """Whether the session is closed or rolled back when the request fails; a `with` is taken to do so."""
    for statement in statements_around(function.body, given):
        match statement:
            case With():
                return True
            case Try() if holds(statement.body, given):
                after = (*statement.finally_, *(s for handler in statement.handlers for s in handler.body))
                if any(_ends(node) for one in after for node in all_nodes(one)):
                    return True
    return False


def _ends(node: Node) -> bool:
    return isinstance(node, Attribute) and node.attr in _ENDING
