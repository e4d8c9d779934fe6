"""Server defaults, compared as PostgreSQL would evaluate them where that is plain to see."""

from __future__ import annotations

import re

_NOW = frozenset({"now()", "current_timestamp", "transaction_timestamp()"})
_CAST = re.compile(r"::[\w\s\"]+(\(\d+(,\s*\d+)?\))?(\[\])?$")
_LITERAL = re.compile(r"'(?:[^']|'')*'|-?\d+(\.\d+)?")
_TRUTH = {
    "true": "true",
    "'t'": "true",
    "'true'": "true",
    "false": "false",
    "'f'": "false",
    "'false'": "false",
}


def defaults_differ(database: str | None, model: str | None) -> bool | None:
    """Whether two defaults differ; None where only a server can tell. `"?"` is a default that is computed."""
    if "?" in {database, model}:
        return None
    if database is None or model is None:
        return database is not model
    one, other = _plain(database), _plain(model)
    if one == other:
        return False
    both = (one, other)
    if all(_LITERAL.fullmatch(text) for text in both):
        return _value(one) != _value(other)
    return True if {one, other} == {"true", "false"} else None


def _value(literal: str) -> float | str:
    """A number where it is one: PostgreSQL compares `'1.0'` and `1` as numbers."""
    inner = literal.strip("'")
    return float(inner) if re.fullmatch(r"-?\d+(\.\d+)?", inner) else inner


def _plain(sql: str) -> str:
    """Without casts and outer parentheses; `now()` and booleans in one spelling."""
    sql = sql.strip()
    while True:
        shorter = _CAST.sub("", sql).strip()
        if shorter.startswith("(") and shorter.endswith(")"):
            shorter = shorter[1:-1].strip()
        if shorter == sql:
            break
        sql = shorter
    lowered = sql if sql.startswith("'") else sql.lower()
    return "now()" if lowered in _NOW else _TRUTH.get(lowered.lower(), lowered)
