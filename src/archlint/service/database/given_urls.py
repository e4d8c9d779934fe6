"""Whether an engine is told by its caller which database it reaches: a customer's, or a user's file.

Such an engine stands in a function, and what its URL is made of are the function's arguments and what its
object holds, neither settings nor anything else that the service itself knows.
"""

from __future__ import annotations

import builtins
from collections.abc import Container, Iterable, Iterator

from archlint.facts.syntax import Assign, Call, ClassDef, Constant, Expression, FunctionDef, Name, Parameter
from archlint.facts.traversal import all_nodes
from archlint.service.database.engines import Engine
from archlint.service.semantics.bindings import statements
from archlint.service.semantics.library_names import names_of
from archlint.service.semantics.symbols import Symbols

_MAX_STEPS = 40
_CONNECTING = frozenset({"connect_args", "creator", "credentials_info"})
"""Keywords that say where to connect to, when the URL names only a dialect."""


def is_given_its_url(engine: Engine, symbols: Symbols, settings: Container[object]) -> bool:
    """Whether all that the URL comes from are parameters of the function around the engine.

    `settings` are the definitions of settings classes: a parameter that one annotates is the service's own,
    and so is an engine that importing its module makes.
    """
    function = engine.scope[-1] if engine.scope else None
    if engine.url is None or not isinstance(function, FunctionDef) or _is_called_on_import(engine, function):
        return False
    parts = [engine.url]
    if isinstance(engine.url, Constant):
        parts = [keyword.value for keyword in engine.keywords if keyword.name in _CONNECTING]
    sources = [name for name in _sources(function, parts) if not _is_librarys(engine, name, symbols)]
    given = {
        parameter.name
        for parameter in function.parameters
        if not any(symbols.resolve(engine.module, name).node in settings for name in _annotating(parameter))
    }
    return bool(sources) and all(name.id in given for name in sources)


def _is_called_on_import(engine: Engine, function: FunctionDef) -> bool:
    """Whether the module calls the function itself, or makes an object that it begins."""
    outer = engine.scope[-2] if len(engine.scope) > 1 and function.name == "__init__" else function
    name = outer.name if isinstance(outer, (ClassDef, FunctionDef)) else ""
    values = (one.value for one in statements(engine.module.source.body) if isinstance(one, Assign))
    calls = (node for value in values if value is not None for node in all_nodes(value))
    return any(
        isinstance(node, Call) and isinstance(node.func, Name) and node.func.id == name for node in calls
    )


def _annotating(parameter: Parameter) -> Iterator[Name]:
    nodes = all_nodes(parameter.annotation) if parameter.annotation is not None else ()
    return (node for node in nodes if isinstance(node, Name))


def _sources(function: FunctionDef, parts: Iterable[Expression]) -> Iterator[Name]:
    """The names that expressions come to through the function's own variables."""
    assigned = dict(_assigned(function))
    pending, seen = list(parts), set[str]()
    while pending and len(seen) < _MAX_STEPS:
        for name in _names(pending.pop()):
            if name.id not in seen:
                seen.add(name.id)
                pending += assigned.get(name.id, ())
                if name.id not in assigned:
                    yield name


def _names(expression: Expression) -> Iterator[Name]:
    """The names in an expression; a function that is called with arguments is told by these."""
    called = {
        id(node.func)
        for node in all_nodes(expression)
        if isinstance(node, Call) and (node.args or node.keywords)
    }
    return (node for node in all_nodes(expression) if isinstance(node, Name) and id(node) not in called)


def _assigned(function: FunctionDef) -> Iterator[tuple[str, list[Expression]]]:
    """The function's variables, and its inner functions, with what they are made of."""
    values: dict[str, list[Expression]] = {}
    for statement in statements(function.body):
        if isinstance(statement, FunctionDef):
            inner = dict(_assigned(statement))
            values |= inner
            values[statement.name] = [node for node in all_nodes(statement) if isinstance(node, Name)]
        elif isinstance(statement, Assign) and statement.value is not None:
            for target in statement.targets:
                if isinstance(target, Name):
                    values.setdefault(target.id, []).append(statement.value)
    yield from values.items()


def _is_librarys(engine: Engine, name: Name, symbols: Symbols) -> bool:
    """Whether it is a library's or Python's own, or a choice of fixed values."""
    found = symbols.resolve(engine.module, name, engine.scope)
    if found.module is not None:
        return any(base.qualified in names_of("enumeration") for base in symbols.bases(found))
    return hasattr(builtins, name.id) or bool(found.qualified)
