"""Handlers of errors that do nothing which could be seen outside."""

from __future__ import annotations

from archlint.facts.source import PythonSource, function_summary
from archlint.facts.syntax import (
    Call,
    Constant,
    Evaluate,
    FunctionDef,
    Name,
    Return,
    Simple,
    Statement,
    Try,
)
from archlint.facts.traversal import all_nodes
from archlint.service.semantics.bindings import statements

_LOGGING = frozenset({"critical", "debug", "error", "exception", "info", "log", "print", "warn", "warning"})
_FORMATTING = frozenset({"format", "format_exc", "print_exc", "repr", "str", "type"})


@function_summary
def has_silent_handler(source: PythonSource, function: FunctionDef) -> bool:
    """Whether a handler in it only passes or logs, as far as that can be told without the rest."""
    tries = (one for one in statements(function.body) if type(one) is Try)
    handlers = (handler for one in tries for handler in one.handlers)
    return any(all(is_silent(one, returns=False) for one in handler.body) for handler in handlers)


def is_silent(statement: Statement, returns: bool) -> bool:
    """Whether a statement only passes, logs, or gives nothing back where others do not: `returns`."""
    match statement:
        case Simple(keyword="pass" | "continue"):
            return True
        case Return(value=None | Constant(value=None)):
            return not returns
        case Evaluate(value=Constant()):
            return True
        case Evaluate(value=Call() as call):
            return _last(call) in _LOGGING and all(
                _last(inner) in _LOGGING | _FORMATTING for inner in all_nodes(call) if isinstance(inner, Call)
            )
    return False


def _last(call: Call) -> str:
    return call.func.id if isinstance(call.func, Name) else getattr(call.func, "attr", "")
