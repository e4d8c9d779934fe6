"""How an index sorts a column, in the words to which `alembic/ddl/postgresql.py` reduces both sides."""

from __future__ import annotations

import re

_COLUMN = re.compile(
    r'"?(?P<name>\w+)"?(?P<operators>\s+\w+_ops)?(?P<words>(\s+(ASC|DESC))?(\s+NULLS\s+(FIRST|LAST))?)',
    re.IGNORECASE,
)
_CALL = re.compile(r"\s*\w+\([^()]*\)\s*")


def read_sorting(sql: str) -> tuple[str, str, bool] | None:
    """The column, how it is sorted, and whether an operator class is named; None for any other expression."""
    text = sql.strip()
    while text.startswith("(") and text.endswith(")"):
        text = text[1:-1].strip()
    found = _COLUMN.fullmatch(text)
    return (found["name"], sorting(found["words"]), bool(found["operators"])) if found else None


def is_call(sql: str) -> bool:
    """Whether an expression is the call of a function alone: no column, and no operator class behind it."""
    return bool(_CALL.fullmatch(sql))


def sorting(words: str) -> str:
    """The words without those that say what PostgreSQL does anyway."""
    plain = set(words.lower().split())
    if "desc" in plain:
        return "desc nulls last" if "last" in plain else "desc"
    return "nulls first" if "first" in plain else ""
