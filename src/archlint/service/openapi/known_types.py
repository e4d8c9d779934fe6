"""The JSON schemas of Python's and Pydantic's own types, held to Pydantic by the tests."""

from __future__ import annotations

from typing import Any, TypeAlias

JSONSchema: TypeAlias = dict[str, Any]

STRING: JSONSchema = {"type": "string"}
ANYTHING = frozenset(
    {
        "builtins.object",
        "builtins.type",
        "collections.abc.Hashable",
        "pydantic.InstanceOf",
        "typing.Any",
        "typing.Hashable",
        "typing.ParamSpec",
    }
)
"""Types of which the schema says nothing."""

TRANSPARENT = frozenset({"pydantic.SerializeAsAny", "pydantic.OnErrorOmit", "typing.Type"})
"""Generics that stand for their argument."""

JSON_VALUE = "pydantic.JsonValue"
"""A definition of its own, of which the schema says nothing."""

EMPTY_MODEL = "pydantic.BaseModel"
"""As a type of its own a model without fields."""

ROOT_MODEL = "pydantic.RootModel"
"""`RootModel[…]` without a class statement."""

BYTES = frozenset({"builtins.bytes", "builtins.bytearray", "pydantic.StrictBytes"})
BINARY: JSONSchema = {"type": "string", "contentMediaType": "application/octet-stream"}

_FORMATS = {
    "date": "datetime.date pydantic.PastDate pydantic.FutureDate pydantic.condate",
    "date-time": (
        "datetime.datetime pydantic.PastDatetime pydantic.FutureDatetime pydantic.AwareDatetime"
        " pydantic.NaiveDatetime heliclockter.datetime_utc heliclockter.datetime_tz"
    ),
    "time": "datetime.time",
    "duration": "datetime.timedelta",
    "uuid": "uuid.UUID",
    **{f"uuid{n}": f"pydantic.UUID{n}" for n in (1, 3, 4, 5, 6, 7, 8)},
    "binary": "builtins.bytes builtins.bytearray pydantic.StrictBytes pydantic.conbytes",
    "path": "pathlib.Path pathlib.PurePath pathlib.PosixPath os.PathLike pydantic.NewPath",
    "file-path": "pydantic.FilePath",
    "directory-path": "pydantic.DirectoryPath",
    "ipv4": "ipaddress.IPv4Address",
    "ipv6": "ipaddress.IPv6Address",
    "ipv4network": "ipaddress.IPv4Network",
    "ipv6network": "ipaddress.IPv6Network",
    "ipv4interface": "ipaddress.IPv4Interface",
    "ipv6interface": "ipaddress.IPv6Interface",
    "ipvanyaddress": "pydantic.IPvAnyAddress",
    "ipvanyinterface": "pydantic.IPvAnyInterface",
    "ipvanynetwork": "pydantic.IPvAnyNetwork",
    "email": "pydantic.EmailStr",
    "name-email": "pydantic.NameEmail",
    "base64": "pydantic.Base64Str pydantic.Base64Bytes",
    "base64url": "pydantic.Base64UrlStr pydantic.Base64UrlBytes",
    "regex": "re.Pattern typing.Pattern",
    "zoneinfo": "zoneinfo.ZoneInfo",
    "color": "pydantic_extra_types.color.Color pydantic.color.Color",
    "phone": "pydantic_extra_types.phone_numbers.PhoneNumber",
}
_TYPES = {
    "string": "builtins.str pydantic.StrictStr pydantic.constr builtins.complex",
    "integer": "builtins.int pydantic.StrictInt pydantic.conint",
    "number": "builtins.float pydantic.StrictFloat pydantic.FiniteFloat pydantic.confloat",
    "boolean": "builtins.bool pydantic.StrictBool",
    "null": "None builtins.NoneType types.NoneType",
}
_URLS = {
    "uri": (
        "AnyUrl AnyHttpUrl FileUrl FtpUrl AnyWebsocketUrl CockroachDsn MySQLDsn MariaDBDsn RedisDsn KafkaDsn"
        " AmqpDsn ClickHouseDsn SnowflakeDsn"
    ),
    "multi-host-uri": "PostgresDsn MongoDsn NatsDsn",
}
_NUMBERS = {"Positive": "exclusiveMinimum", "Negative": "exclusiveMaximum"}
_NUMBERS |= {"NonNegative": "minimum", "NonPositive": "maximum"}


def _table() -> dict[str, JSONSchema]:
    found: dict[str, JSONSchema] = {}
    for kind, names in _TYPES.items():
        found |= {name: {"type": kind} for name in names.split()}
    for form, names in _FORMATS.items():
        found |= {name: {"type": "string", "format": form} for name in names.split()}
    for form, names in _URLS.items():
        found |= {f"pydantic.{n}": {"type": "string", "format": form, "minLength": 1} for n in names.split()}
    for name in ("HttpUrl", "WebsocketUrl"):
        found[f"pydantic.{name}"] = {"type": "string", "format": "uri", "minLength": 1, "maxLength": 2083}
    for name in ("SecretStr", "SecretBytes"):
        found[f"pydantic.{name}"] = {"type": "string", "format": "password", "writeOnly": True}
    for sign, bound in _NUMBERS.items():
        for name, kind in (("Int", "integer"), ("Float", "number")):
            found[f"pydantic.{sign}{name}"] = {"type": kind, bound: 0}
    return found


SIMPLE = _table()
"""PydanticModels that do not depend on whether a value is read or written, by the type's qualified name."""

DECIMALS = frozenset({"decimal.Decimal", "pydantic.condecimal"})
FRACTIONS = frozenset({"fractions.Fraction"})
JSON_TEXTS = frozenset({"pydantic.Json"})
BYTE_SIZES = frozenset({"pydantic.ByteSize"})
BYTE_SIZE_PATTERN = r"^\s*(\d*\.?\d+)\s*(\w+)?"
