"""`OAuth2PasswordRequestForm`, whose fields FastAPI knows and no service writes down."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Location
from archlint.service.api.dependants import RequestParameter
from archlint.service.interpreter.types import NONE, UNION, Type
from archlint.service.interpreter.values import ExternalObject, Value

PASSWORD_FORMS = frozenset(
    f"fastapi.security.{module}{name}"
    for module in ("", "oauth2.")
    for name in ("OAuth2PasswordRequestForm", "OAuth2PasswordRequestFormStrict")
)


def password_form(name: str, via: tuple[str, ...], *, tells_formats: bool) -> Iterator[RequestParameter]:
    """The fields of `OAuth2PasswordRequestForm`; its strict variant asks for the grant's type."""
    hidden: dict[str, Value] = {"json_schema_extra": {"format": "password"}} if tells_formats else {}
    text_, maybe = Type("builtins.str"), Type(UNION, (Type("builtins.str"), NONE))
    strict = name.endswith("Strict")
    fields: tuple[tuple[str, Type, Value, dict[str, Value]], ...] = (
        (
            "grant_type",
            text_ if strict else maybe,
            None,
            {"pattern": "^password$" if tells_formats else "password"},
        ),
        ("username", text_, None, {}),
        ("password", text_, None, hidden),
        ("scope", text_, "", {}),
        ("client_id", maybe, None, {}),
        ("client_secret", maybe, None, hidden),
    )
    for field_name, kind, default, keywords in fields:
        required = kind is text_ and default is None
        marker = ExternalObject("fastapi.Form", (), keywords)
        yield RequestParameter(
            field_name, field_name, "form", kind, required, default, Location(""), via=via, marker=marker
        )
