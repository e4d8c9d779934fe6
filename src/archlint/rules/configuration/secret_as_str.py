"""BA0709: a secret that prints itself."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.configuration.secrets import is_secret_name
from archlint.service.model import Service

_PLAIN = frozenset({"builtins.str", "builtins.bytes"})


def check(service: Service) -> Iterator[Said]:
    """Yield each field named as a secret whose type is plain text."""
    fields = {field.location: field for one in service.settings.classes for field in one.all_fields}
    secrets = [field for field in fields.values() if is_secret_name(field.name)]
    if not secrets:
        yield NotApplicable("no field of a settings class is named as a secret")
    for field in secrets:
        types = (field.types or frozenset()) - {
            "typing.Optional",
            "typing.Union",
            "typing.Annotated",
            "typing.Final",
        }
        if types and types <= _PLAIN:
            yield Hit(field.location, {"field": field.name})
        elif any(name.startswith("pydantic.") for name in types):
            yield Met(field.location)
