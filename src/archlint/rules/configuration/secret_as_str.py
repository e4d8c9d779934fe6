"""BA0709: a secret that prints itself."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Met, NotApplicable, Said
from archlint.service.configuration.secrets import is_key_of_pair, is_secret_name
from archlint.service.model import Service

_PLAIN = frozenset({"builtins.str", "builtins.bytes"})


def check(service: Service) -> Iterator[Said]:
    """Yield each field named as a secret whose type is plain text."""
    fields = {field.location: (one, field) for one in service.settings.classes for field in one.all_fields}
    names = {field.name for _, field in fields.values()}
    secrets = [
        (one, field)
        for one, field in fields.values()
        if is_secret_name(field.name) and not is_key_of_pair(field.name, names)
    ]
    if not secrets:
        yield NotApplicable("no field of a settings class is named as a secret")
    for owner, field in secrets:
        members = field.type.members if field.type is not None else ()
        if members and all(member.name in _PLAIN for member in members):
            cause = Link(owner.location, f"secrets of `{owner.name}` that print themselves")
            yield Hit(field.location, {"field": field.name}, cause=cause)
        elif any(part.name.startswith("pydantic.") for member in members for part in member.walk()):
            yield Met(field.location)
