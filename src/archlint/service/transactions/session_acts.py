"""What a call does with a SQLAlchemy session."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from msgspec import Struct

from archlint.facts.syntax import Attribute, Call, Constant, Expression
from archlint.findings import Location
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function
from archlint.service.calls.library_models import Library
from archlint.service.calls.values import InferredType
from archlint.service.semantics.library_names import SESSIONS, objects_of


class SessionAct(StrEnum):
    """What becomes of a session's transaction."""

    WRITE = "write"
    FLUSH = "flush"
    COMMIT = "commit"
    ROLLBACK = "rollback"
    BEGIN = "begin"
    SAVEPOINT = "savepoint"
    CLOSE = "close"


class Act(Struct, eq=False, frozen=True):
    """A call on a session: `session` is the expression that the call is made on, `text` as one writes it."""

    function: Function
    work: SessionAct
    node: Call
    session: Expression
    text: str

    @property
    def location(self) -> Location:
        """The call."""
        return self.function.module.location(self.node)


_METHODS = {
    **dict.fromkeys(("add", "add_all", "delete", "merge"), SessionAct.WRITE),
    **dict.fromkeys(("bulk_insert_mappings", "bulk_save_objects", "bulk_update_mappings"), SessionAct.WRITE),
    "flush": SessionAct.FLUSH,
    "commit": SessionAct.COMMIT,
    "rollback": SessionAct.ROLLBACK,
    "begin": SessionAct.BEGIN,
    "begin_nested": SessionAct.SAVEPOINT,
    **dict.fromkeys(("aclose", "close", "close_all", "remove", "reset"), SessionAct.CLOSE),
}
_RUNNING = frozenset({"exec", "execute", "scalar", "scalars", "stream", "stream_scalars"})
_ACTING = frozenset({*_METHODS, *_RUNNING, "update", "delete"})
_STATEMENT = re.compile(r"(sqlalchemy|sqlmodel)(\.\w+)*\.(insert|update|delete)\(\)")
_TABLE = re.compile(r"sqlalchemy\.Table\(\)\.(insert|update|delete)\b")
_SQL = re.compile(r"\s*(insert\s+into|update|delete\s+from)\b", re.IGNORECASE)
_QUERY = re.compile(r"sqlalchemy\.orm\.Query\(\)\.(update|delete)")


def acts(calls: Calls, function: Function) -> Iterator[Act]:
    """What the function's own statements do with sessions, in reading order."""
    for call in calls.library_calls(function):
        node = call.site  # of which nothing is read but what is called
        if type(node) is not Call or type(node.func) is not Attribute or call.main:
            continue
        owner, _, name = call.path.rpartition(".")
        if name not in _ACTING:
            continue
        if _QUERY.fullmatch(call.path):
            session = _root(calls, function, node.func.value)
            if session is not None:
                yield Act(function, SessionAct.WRITE, node, session, f"query().{node.func.attr}")
            continue
        if owner not in objects_of(*SESSIONS):
            continue
        work = _METHODS.get(name)
        if name in _RUNNING and _runs_write(calls, function, call.node):
            work = SessionAct.WRITE
        if work is not None:
            yield Act(function, work, node, node.func.value, name)


def _runs_write(calls: Calls, function: Function, node: Expression) -> bool:
    return isinstance(node, Call) and bool(node.args) and writes(calls, function, node.args[0])


def is_session(values: tuple[InferredType, ...]) -> bool:
    """Whether an expression with these values is a session, as far as anything is known of it."""
    sessions = objects_of(*SESSIONS)
    return any(isinstance(value, Library) and value.path in sessions for value in values)


def writes(calls: Calls, function: Function, statement: Expression) -> bool:
    """Whether a statement that a session runs changes rows."""
    match statement:
        case Call(args=(Constant(value=str(text)), *_)) if _SQL.match(text):
            return any(
                isinstance(value, Library) and value.path.startswith("sqlalchemy.text()")
                for value in calls.inference.values(statement, function)
            )
    values = calls.inference.values(statement, function)
    paths = [value.path for value in values if isinstance(value, Library)]
    return bool(paths) and all(_STATEMENT.match(path) or _TABLE.match(path) for path in paths)


def _root(calls: Calls, function: Function, node: Expression) -> Expression | None:
    """The session at the beginning of `session.query(…).filter(…)`."""
    while isinstance(node, Call | Attribute):
        node = node.func if isinstance(node, Call) else node.value
        if is_session(calls.inference.values(node, function)):
            return node
    return None
