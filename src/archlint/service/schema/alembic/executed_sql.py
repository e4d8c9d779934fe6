"""What the SQL that a revision's functions execute does, as far as it can be told from how it begins."""

from __future__ import annotations

import re
from enum import Enum

from archlint.facts.syntax import Call, Constant, Expression, FString, FunctionDef
from archlint.facts.traversal import all_nodes, dotted
from archlint.service.schema.postgresql.identifiers import NAME
from archlint.service.schema.postgresql.neutral import is_data

_DEFINES = re.compile(r"\s*(ALTER|CREATE|DROP)\b", re.IGNORECASE)
_HARMLESS = frozenset({"execute", "bulk_insert", "get_bind", "get_context", "inline_literal", "f"})
_ADDS_VALUE = re.compile(rf"\s*ALTER\s+TYPE\s+{NAME}\s+ADD\s+VALUE\b", re.IGNORECASE)


class RevisionEffect(Enum):
    """What a revision's function changes besides tables, if it leaves these alone."""

    TABLES = "tables"
    ROWS = "rows"
    OBJECTS = "objects"
    """Objects such as a trigger or an extension."""
    VALUES = "values"
    """Nothing but the values of enumerations."""


def revision_effect(function: FunctionDef) -> RevisionEffect:
    """What a function does to the database, by what its SQL begins with and what it calls of `op`."""
    calls = [node for node in all_nodes(function) if isinstance(node, Call)]
    names = {call: (dotted(call.func) or "").rpartition(".") for call in calls}
    changes = [call for call in calls if names[call][0] in {"op", "batch_op", "alembic.op"}]
    executed = [call for call in calls if names[call][2] in {"execute", "exec_driver_sql"} and call.args]
    if not (executed or changes) or any(names[call][2] not in _HARMLESS for call in changes):
        return RevisionEffect.TABLES
    written = [_start_of(call) for call in executed if _is_text(call.args[0])]
    if written and all(map(_ADDS_VALUE.match, written)):
        return RevisionEffect.VALUES
    if not all(map(is_data, written)):
        return RevisionEffect.TABLES
    return RevisionEffect.OBJECTS if any(map(_DEFINES.match, written)) else RevisionEffect.ROWS


def _is_text(node: Expression) -> bool:
    inner = node.args[0] if isinstance(node, Call) and node.args else node
    return isinstance(inner, Constant | FString)


def _start_of(call: Call) -> str:
    """The SQL of a call as far as it is literal from its start on."""
    first: Expression = call.args[0]
    if isinstance(first, Call) and first.args:
        first = first.args[0]
    parts = first.parts if isinstance(first, FString) else (first,)
    start = parts[0] if parts else None
    return start.value if isinstance(start, Constant) and isinstance(start.value, str) else ""
