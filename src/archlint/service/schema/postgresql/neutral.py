r"""SQL that leaves alone what models declare: rows, rights, row security, storage, rules, temporary tables.

The forms are those of PostgreSQL's manual, `ALTER TABLE` and the other `ALTER`, `CREATE` and `DROP`.
"""

from __future__ import annotations

import re

from archlint.service.schema.core.tables import TableKey
from archlint.service.schema.postgresql.identifiers import NAME, WORD, written_key

_COMMENT = re.compile(r"--[^\n]*|/\*.*?(?:\*/|\Z)", re.DOTALL)
_OBJECTS = (
    "EXTENSION|FUNCTION|PROCEDURE|ROUTINE|TRIGGER|EVENT\\s+TRIGGER|SEQUENCE|SCHEMA|ROLE|USER|GROUP|POLICY|AGGREGATE"
    "|DATABASE|DEFAULT\\s+PRIVILEGES|RULE|CAST|COLLATION|OPERATOR|STATISTICS|PUBLICATION|SUBSCRIPTION|SERVER|LANGUAGE"
    "|TEXT\\s+SEARCH|TABLESPACE|CONVERSION|TRANSFORM|LARGE\\s+OBJECT|SYSTEM|FOREIGN\\s+DATA\\s+WRAPPER"
)
_DATA = re.compile(
    r"\s*(WITH|SELECT|INSERT|UPDATE|DELETE|SET|RESET|COMMIT|BEGIN|GRANT|REVOKE|COMMENT|TRUNCATE|ANALYZE|VACUUM"
    r"|LOCK|REFRESH|COPY|CALL|REINDEX|CLUSTER|NOTIFY|SECURITY\s+LABEL|REASSIGN"
    rf"|(CREATE|DROP|ALTER)\s+(OR\s+REPLACE\s+)?((?:CONSTRAINT|TRUSTED)\s+)?({_OBJECTS}))\b",
    re.IGNORECASE,
)
_VALUE = r"(?:[^(),']|'[^']*')*"
_ACTION = (
    r"(?:(?:ENABLE|DISABLE|FORCE|NO\s+FORCE)\s+ROW\s+LEVEL\s+SECURITY"
    rf"|(?:ENABLE|DISABLE)\s+(?:(?:ALWAYS|REPLICA)\s+)?(?:TRIGGER|RULE)\s+{WORD}"
    rf"|CLUSTER\s+ON\s+{WORD}|SET\s+WITHOUT\s+CLUSTER|SET\s+(?:LOGGED|UNLOGGED)|OWNER\s+TO\s+{WORD}"
    rf"|REPLICA\s+IDENTITY\s+(?:DEFAULT|FULL|NOTHING|USING\s+INDEX\s+{WORD})"
    rf"|SET\s+(?:TABLESPACE|ACCESS\s+METHOD)\s+{WORD}|VALIDATE\s+CONSTRAINT\s+{WORD}"
    rf"|(?:ALTER\s+(?:COLUMN\s+)?{WORD}\s+)?(?:SET|RESET)\s*\({_VALUE}(?:,{_VALUE})*\)"
    rf"|ALTER\s+(?:COLUMN\s+)?{WORD}\s+SET\s+(?:STORAGE|STATISTICS|COMPRESSION)\s+-?{WORD})"
)
_ALTER = re.compile(
    rf"\s*ALTER\s+TABLE\s+(?P<lenient>IF\s+EXISTS\s+)?(?:ONLY\s+)?(?P<table>{NAME})\s*\*?\s+"
    rf"{_ACTION}(?:\s*,\s*{_ACTION})*\s*;?\s*\Z",
    re.IGNORECASE,
)
_TEMPORARY = re.compile(
    r"\s*CREATE\s+(?:(?:GLOBAL|LOCAL)\s+)?TEMP(?:ORARY)?\s+TABLE\s+(?:IF\s+NOT\s+EXISTS\s+)?"
    rf"(?P<table>{NAME})",
    re.IGNORECASE,
)


def is_data(sql: str) -> bool:
    """Whether the SQL starts as a statement that changes no table's definition."""
    return _DATA.match(sql) is not None


def neutrally_altered(sql: str) -> tuple[TableKey, bool] | None:
    """The table of which SQL without comments alters nothing that counts, and whether it may be missing."""
    found = _ALTER.match(sql)
    return None if found is None else (written_key(found["table"]), found["lenient"] is not None)


def temporary_table(sql: str) -> TableKey | None:
    """The temporary table that SQL without comments makes, whose name another one may have."""
    found = _TEMPORARY.match(sql)
    return None if found is None else written_key(found["table"])


def without_comments(sql: str) -> str:
    """A statement without its comments."""
    return _COMMENT.sub(" ", sql)
