"""What the definitions of a file call, as far as it tells which layer the file plays."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Attribute, Call, ClassDef, Evaluate, Expression, FunctionDef
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.semantics.bindings import Namespace, module_namespace, statements
from archlint.service.semantics.called import may_be_library
from archlint.service.semantics.loggers import loggers, logs
from archlint.service.semantics.plain_calls import imported_names, only_makes
from archlint.service.semantics.scopes import last_name

_INJECTING = frozenset({"Depends", "Security"})
_SESSION_METHODS = frozenset(
    {
        *("exec", "execute", "query", "scalar", "scalars"),
        *("fetch", "fetch_all", "fetch_one", "fetch_val", "fetchrow", "fetchval"),
    }
)
ON_SESSION = "….execute"
"""What stands for the call of a method that sessions have."""
BY_SESSION = "session.…"
"""What stands for the call of a method of what is called a session, or ends a transaction as one."""
_ENDING = frozenset({"commit", "flush", "refresh", "rollback"})
_SESSION = re.compile(r"(^|_)(conn|connection|cursor|database|db|session)$", re.IGNORECASE)


@summary
def called_by_definitions(source: PythonSource) -> tuple[tuple[str, ...], ...]:
    """What each top-level definition calls that may be a library's, and whether methods of sessions."""
    namespace = module_namespace(source)
    top = (node for node in statements(source.body) if isinstance(node, ClassDef | FunctionDef))
    logging, imported = loggers(source), imported_names(source)

    def counts(call: Call) -> bool:
        return not logs(call, logging) and not only_makes(call, imported)

    return tuple(tuple(sorted(_names_called(source, node, namespace, counts))) for node in top)


def _names_called(
    source: PythonSource,
    definition: ClassDef | FunctionDef,
    namespace: Namespace,
    counts: Callable[[Call], bool],
) -> set[str]:
    start = min(one.start for one in (definition, *definition.decorators))
    calls = source.nodes.within(start, definition.end, Call)
    called = [call.func for call in calls if counts(call)]
    names = {name for one in called if (name := dotted(one))}
    found = {name for name in names if may_be_library(name, namespace)}
    told = {ON_SESSION} if _asks_session(definition, called) else set()
    return found | told | ({BY_SESSION} if any(map(_is_of_session, called)) else set())


def _is_of_session(method: Expression) -> bool:
    """Whether nothing but a session has such a method, or what has it is called a session."""
    if type(method) is not Attribute:
        return False
    return method.attr in _ENDING or _SESSION.search(last_name(method.value)) is not None


def _asks_session(definition: ClassDef | FunctionDef, called: Iterable[Expression]) -> bool:
    """Whether it calls a method of sessions; of a class, half of its methods have to."""
    asking = [one for one in called if type(one) is Attribute and one.attr in _SESSION_METHODS]
    if not asking or isinstance(definition, FunctionDef):
        return bool(asking)
    methods = [one for one in definition.body if isinstance(one, FunctionDef) and one.name[:2] != "__"]
    having = sum(any(one.start <= call.start < one.end for call in asking) for one in methods)
    return 2 * having >= len(methods)


@summary
def injected_names(source: PythonSource) -> frozenset[str]:
    """The last names of what a file has injected: of functions, and of what makes them."""
    if _INJECTING.isdisjoint(source.names):
        return frozenset()
    calls = (one for one in source.nodes.of(Call) if last_name(one.func) in _INJECTING and one.args)
    given = (one.args[0] for one in calls)
    return frozenset(last_name(one.func if isinstance(one, Call) else one) for one in given)


@summary
def including(source: PythonSource) -> tuple[Expression, ...]:
    """The apps and routers into which a file includes routers."""
    calls = (one.value for one in source.nodes.of(Evaluate))
    methods = (call.func for call in calls if type(call) is Call)
    return tuple(one.value for one in methods if type(one) is Attribute and one.attr == "include_router")
