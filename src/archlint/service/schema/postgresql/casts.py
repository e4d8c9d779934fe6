"""Which types PostgreSQL converts into each other, and which compare.

Conversions are those of `pg_cast` that an assignment may use; comparisons are what `REFERENCES` takes. Both
were asked of PostgreSQL 18 for each pair.
"""

from __future__ import annotations

import re

from archlint.service.schema.core.tables import SqlType
from archlint.service.schema.postgresql.refusals import quoted

_ZONED, _UNZONED = "TIMESTAMP WITH TIME ZONE", "TIMESTAMP WITHOUT TIME ZONE"
_TIME, _ZONED_TIME = "TIME WITHOUT TIME ZONE", "TIME WITH TIME ZONE"
_INTEGERS = frozenset({"SMALLINT", "INTEGER", "BIGINT"})
_FLOATS = frozenset({"REAL", "DOUBLE PRECISION"})
_NUMBERS = _INTEGERS | _FLOATS | {"NUMERIC"}
_TEXTS = frozenset({"TEXT", "VARCHAR", "CHAR"})
_DATES = frozenset({"DATE", _UNZONED, _ZONED})
_NETWORKS = frozenset({"INET", "CIDR"})
_ADDRESSES = frozenset({"MACADDR", "MACADDR8"})
_ALONE = frozenset(
    [
        *(
            "BOOLEAN",
            "UUID",
            "BYTEA",
            "TSVECTOR",
            "TSQUERY",
            "INT4RANGE",
            "INT8RANGE",
            "NUMRANGE",
            "DATERANGE",
        ),
        *("TSRANGE", "TSTZRANGE", "JSON", "JSONB", "INTERVAL", "MONEY", "OID", _TIME, _ZONED_TIME),
    ]
)
_KNOWN = _NUMBERS | _TEXTS | _DATES | _NETWORKS | _ADDRESSES | _ALONE
_ALIKE = (_NUMBERS, _TEXTS, _NETWORKS, _ADDRESSES, _DATES, frozenset({"JSON", "JSONB"}))
_ASSIGNED = frozenset(
    [
        *((number, "MONEY") for number in ("INTEGER", "BIGINT", "NUMERIC")),
        *((number, "OID") for number in _INTEGERS),
        *(("MONEY", "NUMERIC"), ("OID", "INTEGER"), ("OID", "BIGINT")),
        *((_TIME, _ZONED_TIME), (_TIME, "INTERVAL"), (_ZONED_TIME, _TIME), ("INTERVAL", _TIME)),
        *((_UNZONED, _TIME), (_ZONED, _TIME), (_ZONED, _ZONED_TIME)),
    ]
)
_ASKED = frozenset(
    [
        *(("INTEGER", "BOOLEAN"), ("BOOLEAN", "INTEGER")),
        *(("JSONB", other) for other in (*_NUMBERS, "BOOLEAN")),
    ]
)
_COMPARED = (_INTEGERS, _FLOATS, _TEXTS, _DATES, _NETWORKS, _ADDRESSES)
_WIDENED = frozenset(
    [
        *((number, "NUMERIC") for number in _INTEGERS),
        *((number, float_) for number in (*_INTEGERS, "NUMERIC") for float_ in _FLOATS),
        *((number, "OID") for number in _INTEGERS),
        *((_TIME, _ZONED_TIME), (_TIME, "INTERVAL")),
    ]
)


def casts(old: SqlType, new: SqlType) -> bool | None:
    """Whether PostgreSQL converts a column without `USING`; None where archlint does not know."""
    arrays = is_array(old), is_array(new)
    if family(new) in _TEXTS and (not arrays[1] or arrays[0]):
        return True
    if arrays[0] != arrays[1]:
        return False if _is_known(old) and _is_known(new) else None
    if old.is_enum or new.is_enum:
        return old.text == new.text if _is_known(old) and _is_known(new) else None
    one, other = family(old), family(new)
    if not (_is_known(old) and _is_known(new)):
        return True if one == other else None
    return one == other or any({one, other} <= alike for alike in _ALIKE) or (one, other) in _ASSIGNED


def asked_casts(old: SqlType, new: SqlType) -> bool | None:
    """Whether PostgreSQL takes `old::new`; None where archlint does not know."""
    found = casts(old, new)
    if found is not False:
        return found
    if family(old) in _TEXTS and not is_array(old):
        return True
    if is_array(old) and is_array(new):
        return asked_casts(_element(old), _element(new))
    if {family(old), family(new)} & {"BYTEA"}:
        return None
    return (family(old), family(new)) in _ASKED and not is_array(old) and not is_array(new)


def compares(key: SqlType, pointing: SqlType) -> bool | None:
    """Whether a foreign key of one type may point at a key of another; None where archlint does not know."""
    if not (_is_known(key) and _is_known(pointing)):
        return None
    if key.is_enum or pointing.is_enum or is_array(key) or is_array(pointing):
        return _bare(key) == _bare(pointing) and key.is_enum == pointing.is_enum
    one, other = family(key), family(pointing)
    return one == other or any({one, other} <= alike for alike in _COMPARED) or (other, one) in _WIDENED


def is_ordered(found: SqlType) -> bool:
    """Whether PostgreSQL indexes the type by default; only JSON is known not to be."""
    return family(found) != "JSON"


def default_type(sql: str | None, column: SqlType | None) -> SqlType | None:
    """The type of a default's own expression, None where the source does not tell."""
    words = (sql or "").strip().strip("()").lower()
    if re.fullmatch(r"'[^']*'", words):
        return column
    if re.fullmatch(r"-?\d{1,9}", words):
        return SqlType("INTEGER")
    if re.fullmatch(r"-?\d+\.\d+", words):
        return SqlType("NUMERIC")
    if words in {"true", "false"}:
        return SqlType("BOOLEAN")
    if re.fullmatch(r"now(\(\s*)?|current_timestamp|transaction_timestamp(\(\s*)?", words):
        return SqlType(_ZONED)
    return SqlType("UUID") if re.fullmatch(r"(gen_random_uuid|uuid_generate_v4)(\(\s*)?", words) else None


def shown(found: SqlType) -> str:
    """The type's name in PostgreSQL's answers."""
    if found.is_enum:
        return quoted(found.text)
    names = {"VARCHAR": "character varying", "CHAR": "character"}
    name = names.get(family(found), family(found).lower())
    return f"{name}[]" if is_array(found) else name


def family(found: SqlType) -> str:
    """The type without sizes and array bounds."""
    return re.sub(r"\(.*?\)|\[\]", "", _bare(found)).strip()


def is_array(found: SqlType) -> bool:
    """Whether it is an array of the family."""
    return found.text.endswith("[]")


def _element(found: SqlType) -> SqlType:
    return SqlType(found.text.replace("[]", ""), certain=found.certain)


def _bare(found: SqlType) -> str:
    return found.text if found.is_enum else re.sub(r"\(.*?\)", "", found.text.upper()).replace("  ", " ")


def _is_known(found: SqlType) -> bool:
    return found.certain and (found.is_enum or family(found) in _KNOWN)
