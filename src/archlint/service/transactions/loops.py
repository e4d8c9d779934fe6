"""What the loops of a function repeat."""

from __future__ import annotations

from archlint.facts.source import PythonSource, function_naming
from archlint.facts.syntax import (
    Attribute,
    Await,
    Call,
    Comprehension,
    For,
    FunctionDef,
    Name,
    While,
    WithItem,
)
from archlint.facts.traversal import all_nodes
from archlint.service.semantics.idle import plain_builtins
from archlint.service.semantics.loggers import loggers, logs
from archlint.service.semantics.plain_calls import imported_names, only_makes
from archlint.service.semantics.scopes import last_name


@function_naming
def repeated(source: PythonSource, function: FunctionDef, defined: frozenset[str]) -> tuple[str, ...]:
    """What may run in a function, in reading order, with where each loop starts and ends."""
    plain, logging = plain_builtins(source), loggers(source)
    imported = imported_names(source)
    found: list[tuple[int, int, str]] = []
    for node in all_nodes(function):
        match node:
            case For() | While() | Comprehension():
                found += [(node.start, -node.end, "("), (node.end, 0, ")")]
            case Call(func=Name(id=name)) if name in plain:
                continue
            case Attribute(value=Name(id=name)) if name in logging:
                continue
            case Call(func=func) if not (logs(node, logging) or only_makes(node, imported, defined)):
                found.append((node.end, -1, last_name(func)))
            case Await() | WithItem():
                found.append((node.end, -1, type(node).__name__))
            case Attribute(attr=attr) if attr in defined:
                found.append((node.end, -1, attr))
    return tuple(word for _, _, word in sorted(found))
