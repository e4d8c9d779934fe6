"""Calls of libraries that only make a value: they neither wait, nor run what they are given."""

from __future__ import annotations

from collections.abc import Set
from itertools import accumulate
from typing import TypeGuard

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Attribute, Call, Constant, Dict, Expression, FString, Name, Sequence
from archlint.facts.traversal import dotted
from archlint.readings import summary
from archlint.service.semantics.bindings import module_namespace
from archlint.service.semantics.loggers import bound_names, meant

_MAKING = frozenset({
    "datetime.date.today", "datetime.datetime.now", "datetime.datetime.today", "datetime.datetime.utcnow",
    "datetime.timedelta", "decimal.Decimal", "json.dumps", "json.loads", "math.ceil", "math.floor",
    "os.getcwd", "re.compile", "re.escape", "time.monotonic", "time.perf_counter", "time.time", "uuid.UUID",
    "uuid.uuid4",
    "fastapi.HTTPException", "fastapi.exceptions.HTTPException", "starlette.exceptions.HTTPException",
})  # fmt: skip
_STATUS = frozenset({"fastapi.status", "starlette.status"})
_LEADING = _STATUS.union(*(accumulate(path.split("."), "{}.{}".format) for path in (*_MAKING, *_STATUS)))
"""What a name has to stand for to be the first part of such a path."""


@summary
def imported_names(source: PythonSource) -> dict[str, str]:
    """What the names stand for that may lead to such calls, where nothing else in the file has the name."""
    namespace = module_namespace(source)
    found = {name: path for name in namespace.names if (path := meant(namespace, name)) in _LEADING}
    bound = bound_names(source) if found else {}
    return {name: path for name, path in found.items() if bound.get(name) == 1}


def only_makes(
    node: Expression, imported: dict[str, str], defined: Set[str] = frozenset()
) -> TypeGuard[Call]:
    """Whether it is such a call, of values that are no functions.

    None is of a name that is `defined` by the repository: a package of its own may hide the library.
    """
    path = _path(node.func, imported) if isinstance(node, Call) else ""
    if not isinstance(node, Call) or path not in _MAKING or path.rpartition(".")[2] in defined:
        return False
    given = (*node.args, *(keyword.value for keyword in node.keywords))
    return all(_is_value(one, imported) for one in given)


def _is_value(node: Expression, imported: dict[str, str]) -> bool:
    match node:
        case Constant():
            return True
        case FString(parts=parts):
            return all(map(_is_shown, parts))
        case Sequence(items=items):
            return all(_is_value(one, imported) for one in items)
        case Dict(items=items):
            return all(_is_value(one, imported) for pair in items for one in pair if one is not None)
        case Attribute(value=value):
            return _path(value, imported) in _STATUS
    return False


def _is_shown(node: Expression) -> bool:
    """Whether what an f-string shows runs nothing but to show it."""
    return isinstance(node, Constant | Name)


def _path(node: Expression, imported: dict[str, str]) -> str:
    first, dot, rest = (dotted(node) or "").partition(".")
    path = imported.get(first, "")
    return f"{path}{dot}{rest}" if path else ""
