"""What a `DO` block may do: PL/pgSQL that is not run, but whose definitions are told by their words."""

from __future__ import annotations

import re

from archlint.service.schema.core.tables import SqlType
from archlint.service.schema.postgresql.identifiers import NAME, written_key

_VERBS = "CREATE|ALTER|DROP"
_ASIDE = (
    rf"(?:{_VERBS})\s+(?:OR\s+REPLACE\s+)?(?:CONSTRAINT\s+|EVENT\s+)?"
    r"(?:TRIGGER|FUNCTION|PROCEDURE|POLICY|ROLE|USER)\b"
)
"""Definitions of what is neither table nor type nor schema."""

_DEFINITION = re.compile(rf"\b(?:{_VERBS})\b", re.IGNORECASE)
_HARMLESS = re.compile(_ASIDE, re.IGNORECASE)
_DYNAMIC = re.compile(r"\bEXECUTE\b(?!\s+(?:FUNCTION|PROCEDURE|ON)\b)", re.IGNORECASE)
_WRITTEN = re.compile(
    rf"EXECUTE\s+(?:format\s*\(\s*)?(?:E?'|\$\w*\$)\s*(?:{_ASIDE}|(?:INSERT|UPDATE|DELETE|GRANT|REVOKE)\b)",
    re.IGNORECASE,
)
_TYPE = re.compile(rf"CREATE\s+TYPE\s+({NAME})\s+AS\s+ENUM\s*\(([^)]*)\)", re.IGNORECASE)
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)


def changes_no_table(block: str) -> bool:
    """Whether it defines nothing but triggers, functions and their like, by SQL that stands in it."""
    text = _COMMENT.sub(" ", block)
    return all(_HARMLESS.match(text, found.start()) for found in _DEFINITION.finditer(text)) and all(
        _WRITTEN.match(text, found.start()) for found in _DYNAMIC.finditer(text)
    )


def type_made(block: str) -> SqlType | None:
    """The enumeration that a block makes unless it is there, if it does nothing else."""
    created = _TYPE.findall(block)
    if len(created) != 1 or len(_DEFINITION.findall(block)) != 1:
        return None
    if not re.search(r"duplicate_object|IF\s+NOT\s+EXISTS", block, re.IGNORECASE):
        return None
    labels = re.findall(r"'((?:[^']|'')*)'", created[0][1])
    return SqlType(written_key(created[0][0])[1], True, tuple(labels))
