"""Types: what SQLAlchemy writes for PostgreSQL, and how Alembic compares that.

Comparison follows `DefaultImpl.compare_type` of `alembic/ddl/impl.py`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from msgspec.structs import replace

from archlint.service.interpreter.attributes import class_member
from archlint.service.interpreter.values import (
    ClassObject,
    External,
    ExternalObject,
    FunctionObject,
    Member,
    Value,
    settled,
    text,
)
from archlint.service.schema.core.tables import SqlType
from archlint.service.schema.sqlalchemy.decorated import TypeObject
from archlint.service.schema.sqlalchemy.values import Element, EnumObject
from archlint.service.semantics.library_names import names_of, table

_PLAIN = {
    "Integer": "INTEGER",
    "INTEGER": "INTEGER",
    "INT": "INTEGER",
    "SmallInteger": "SMALLINT",
    "SMALLINT": "SMALLINT",
    "BigInteger": "BIGINT",
    "BIGINT": "BIGINT",
    "Boolean": "BOOLEAN",
    "BOOLEAN": "BOOLEAN",
    "Date": "DATE",
    "DATE": "DATE",
    "Text": "TEXT",
    "TEXT": "TEXT",
    "UnicodeText": "TEXT",
    "Double": "DOUBLE PRECISION",
    "DOUBLE": "DOUBLE PRECISION",
    "DOUBLE_PRECISION": "DOUBLE PRECISION",
    "REAL": "REAL",
    "JSON": "JSON",
    "JSONB": "JSONB",
    "UUID": "UUID",
    "GUID": "UUID",
    "LargeBinary": "BYTEA",
    "BYTEA": "BYTEA",
    "PickleType": "BYTEA",
    "INET": "INET",
    "CIDR": "CIDR",
    "MACADDR": "MACADDR",
    "MACADDR8": "MACADDR8",
    "MONEY": "MONEY",
    "OID": "OID",
    "TSVECTOR": "TSVECTOR",
    "TSQUERY": "TSQUERY",
    "HSTORE": "HSTORE",
    "CITEXT": "CITEXT",
    "INT4RANGE": "INT4RANGE",
    "INT8RANGE": "INT8RANGE",
    "NUMRANGE": "NUMRANGE",
    "DATERANGE": "DATERANGE",
    "TSRANGE": "TSRANGE",
    "TSTZRANGE": "TSTZRANGE",
    **{f"{name}MULTIRANGE": f"{name}MULTIRANGE" for name in ("INT4", "INT8", "NUM", "DATE", "TS", "TSTZ")},
}
_SIZED = {
    **dict.fromkeys(["String", "VARCHAR", "Unicode", "AutoString"], "VARCHAR"),
    "CHAR": "CHAR",
}
_ZONED = {"DateTime": "TIMESTAMP", "TIMESTAMP": "TIMESTAMP", "Time": "TIME", "TIME": "TIME"}
_NUMBERS = {"Numeric": "NUMERIC", "NUMERIC": "NUMERIC", "DECIMAL": "DECIMAL"}


def read_type(value: Value) -> SqlType | None:
    """The type that an argument of `Column` stands for; None where the source does not tell it."""
    value = settled(value)
    match value:
        case EnumObject():
            return _enum(value)
        case Element():
            return _element(value)
        case External():
            return _by_name(value.name, (), {})
        case TypeObject():
            return read_type(value.stored)
        case str():
            return SqlType(value.upper())
        case ExternalObject():
            return _foreign(value)
        case ClassObject():
            return _decorated(value)
    return None


def is_type(value: Value) -> bool:
    """Whether an argument can only be a type: no constraint, default or name."""
    value = settled(value)
    if isinstance(value, Element):
        return value.kind not in _NOT_TYPES
    if isinstance(value, External):
        return value.name.rpartition(".")[2] not in _NOT_TYPES
    return isinstance(value, EnumObject | ClassObject | TypeObject | ExternalObject) or value is None


_NOT_TYPES = frozenset(
    ["ForeignKey", "CheckConstraint", "Identity", "Computed", "Sequence", "FetchedValue", "DefaultClause"]
)


def python_type(name: str) -> SqlType | None:
    """What SQLAlchemy 2 makes of a Python type in `Mapped[…]`."""
    found = table("columns").get(name)
    return None if found is None else SqlType(found)


def enum_of_class(value: ClassObject) -> SqlType | None:
    """The native enumeration of an `enum.Enum` class."""
    if not value.derives_from(names_of("enumeration")):
        return None
    labels = tuple(name for name, member in value.namespace.items() if isinstance(member, Member))
    return SqlType(value.definition.name.lower(), True, labels, created=True)


def _by_name(name: str, args: Sequence[Value], keywords: Mapping[str, Value]) -> SqlType | None:
    """A type of a library. One that is not known is still the same where both sides write the same."""
    if name in table("columns"):
        return SqlType(table("columns")[name])
    root = name.partition(".")[0]
    if root in {"sqlalchemy", "sqlmodel"}:
        return _named(name.rpartition(".")[2], args, keywords)
    given = [*args, *(item for pair in sorted(keywords.items()) for item in pair)]
    plain = all(isinstance(settled(item), str | int | bool | None) for item in given)
    if not plain:
        return None
    words = ", ".join(map(str, map(settled, given)))
    return SqlType(f"{name.rpartition('.')[2]}({words})", certain=False)


def _foreign(value: ExternalObject) -> SqlType | None:
    native = settled(value.keywords.get("native", True))
    return _by_name(value.name, value.args, value.keywords) if native is True else None


def _element(value: Element) -> SqlType | None:
    return _named(value.kind, value.args, value.keywords) if value.complete else None


def _named(kind: str, args: Sequence[Value], given: Mapping[str, Value]) -> SqlType | None:
    if kind in _PLAIN:
        return SqlType(_PLAIN[kind])
    if kind in _SIZED:
        return _sized(_SIZED[kind], given.get("length", args[0] if args else None))
    if kind == "UTCDateTime":
        return SqlType("TIMESTAMP WITH TIME ZONE")
    if kind in _ZONED:
        return _zoned(kind, args, given)
    if kind in _NUMBERS:
        return _number(_NUMBERS[kind], [*args[:2]], given)
    if kind in {"Float", "FLOAT"}:
        return _sized("FLOAT", given.get("precision", args[0] if args else None))
    if kind == "ARRAY" and args:
        return _array(read_type(args[0]))
    if kind == "Uuid":
        native = settled(given.get("native_uuid", args[1] if len(args) > 1 else True))
        return SqlType("UUID" if native else "CHAR(32)") if isinstance(native, bool) else None
    if kind in {"Interval", "INTERVAL"}:
        return _interval(kind, args, given)
    if kind == "BIT":
        return _bit(args, given)
    return None


def _sized(name: str, size: Value) -> SqlType | None:
    size = settled(size)
    if size is None:
        return SqlType(name)
    return SqlType(f"{name}({size})") if isinstance(size, int) else None


def _array(inner: SqlType | None) -> SqlType | None:
    """An array; one of an enumeration creates that, too."""
    if inner is None:
        return None
    return SqlType(f"{inner.text}[]", False, inner.values, inner.created, inner.schema, inner.certain)


def created_enum(found: SqlType | None) -> SqlType | None:
    """The enumeration that a table with a column of the type creates."""
    if found is None or not found.created:
        return None
    return replace(found, text=found.text.removesuffix("[]"), is_enum=True)


def _interval(kind: str, args: Sequence[Value], given: Mapping[str, Value]) -> SqlType | None:
    """`sqlalchemy.Interval(native, second_precision)`, or the dialect's `INTERVAL(precision, fields)`."""
    place = {"Interval": ("second_precision", 1), "INTERVAL": ("precision", 0)}[kind]
    size = settled(given.get(place[0], args[place[1]] if len(args) > place[1] else None))
    fields = settled(given.get("fields", args[1] if kind == "INTERVAL" and len(args) > 1 else None))
    if not (isinstance(size, int | None) and isinstance(fields, str | None)):
        return None
    words = "INTERVAL" if fields is None else f"INTERVAL {fields.upper()}"
    return SqlType(words if size is None else f"{words}({size})")


def _bit(args: Sequence[Value], given: Mapping[str, Value]) -> SqlType | None:
    """`BIT(length=None, varying=False)`; without a length a plain one has one bit."""
    length = settled(given.get("length", args[0] if args else None))
    varying = settled(given.get("varying", args[1] if len(args) > 1 else False))
    if not (isinstance(length, int | None) and isinstance(varying, bool)):
        return None
    name = "BIT VARYING" if varying else "BIT"
    return SqlType(f"{name}({length or 1})" if length or not varying else name)


def _zoned(kind: str, args: Sequence[Value], given: Mapping[str, Value]) -> SqlType | None:
    zone = settled(given.get("timezone", args[0] if args else False))
    precision = settled(given.get("precision", args[1] if len(args) > 1 else None))
    if not isinstance(zone, bool | int) or not isinstance(precision, int | None):
        return None
    size = "" if precision is None else f"({precision})"
    return SqlType(f"{_ZONED[kind]}{size} {'WITH' if zone else 'WITHOUT'} TIME ZONE")


def _number(name: str, args: list[Value], given: Mapping[str, Value]) -> SqlType | None:
    precision = settled(given.get("precision", args[0] if args else None))
    scale = settled(given.get("scale", args[1] if len(args) > 1 else None))
    if not isinstance(precision, int | None) or not isinstance(scale, int | None):
        return None
    if precision is None:
        return SqlType(name)
    return SqlType(f"{name}({precision})" if scale is None else f"{name}({precision}, {scale})")


def _enum(value: EnumObject) -> SqlType | None:
    if settled(value.keywords.get("native_enum", True)) is not True:
        return _text_enum(value)
    labels, name = _labels(value)
    given = value.keywords.get("name")
    name = text(given) if given is not None else name
    created = settled(value.keywords.get("create_type", True))
    schema = value.keywords.get("schema")
    if name is None or not isinstance(created, bool):
        return None
    return SqlType(name, True, labels, created, text(schema))


def _text_enum(value: EnumObject) -> SqlType | None:
    if settled(value.keywords.get("native_enum", True)) is not False:
        return None
    length = settled(value.keywords.get("length"))
    labels, _ = _labels(value)
    if isinstance(length, int):
        return SqlType(f"VARCHAR({length})")
    return SqlType(f"VARCHAR({max(map(len, labels))})") if labels else None


def _labels(value: EnumObject) -> tuple[tuple[str, ...] | None, str | None]:
    """Labels, and the name that an enumeration class gives."""
    first = settled(value.args[0]) if value.args else None
    if isinstance(first, ClassObject):
        found = enum_of_class(first)
        known = found.values if found is not None and "values_callable" not in value.keywords else None
        return known, first.definition.name.lower()
    labels = [text(arg) for arg in value.args]
    return (None if None in labels else tuple(label or "" for label in labels)), None


def _decorated(value: ClassObject) -> SqlType | None:
    """A `TypeDecorator` of the service, by its `impl`."""
    methods = (class_member(value, name) for name in ("load_dialect_impl", "get_col_spec"))
    if any(isinstance(method, FunctionObject) for method in methods):
        return None
    return read_type(class_member(value, "impl"))


def stored(found: SqlType) -> SqlType:
    """The type as SQLAlchemy reflects it from PostgreSQL."""
    if not found.certain:
        return found
    name = found.text.upper()
    size = re.fullmatch(r"FLOAT\((\d+)\)", name)
    if found.is_enum:
        return found
    if size is not None:
        return SqlType("REAL" if int(size[1]) < 25 else "DOUBLE PRECISION")
    name = re.sub(r"^DECIMAL", "NUMERIC", name)
    name = re.sub(r"^NUMERIC\((\d+)\)", r"NUMERIC(\1, 0)", name)
    name = re.sub(r"^FLOAT$", "DOUBLE PRECISION", name)
    return SqlType("CHAR(1)" if name == "CHAR" else name)


def differ(database: SqlType, model: SqlType) -> bool:
    """Whether Alembic says that the types differ."""
    one, other = _parts(database.text), _parts(model.text)
    if one[0][0] != other[0][0] and not _synonyms(one[0], other[0]):
        return True
    (words, sizes), (other_words, other_sizes) = one, other
    if len(words) == len(other_words) and words[1:] != other_words[1:]:
        return True
    return len(sizes) == len(other_sizes) and sizes != other_sizes


def _parts(ddl: str) -> tuple[list[str], list[str]]:
    tokens = re.findall(r"[\w\-_]+|\(.+?\)", ddl.lower()) or [""]
    words = [token for token in tokens if not token.startswith("(")] or [""]
    last = next((token for token in reversed(tokens) if token.startswith("(")), "")
    return words, [part.strip() for part in re.findall("[^(),]+", last)]


def _synonyms(one: list[str], other: list[str]) -> bool:
    for batch in ({"numeric", "decimal"}, {"float", "double precision"}):
        if {" ".join(one), " ".join(other)} <= batch or {one[0], other[0]} <= batch:
            return True
    return False
