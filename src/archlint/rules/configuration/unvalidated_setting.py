"""BA0710: a setting that takes whatever the environment says."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said
from archlint.service.model import Service

_ANY = frozenset({"typing.Any", "typing_extensions.Any", "builtins.object"})
_UNIONS = frozenset({"typing.Optional", "typing.Union"})


def check(service: Service) -> Iterator[Said]:
    """Yield each field of a settings class without a type, or with one that everything fits."""
    for field in service.settings.fields:
        if field.types is None:
            yield Hit(field.location, {"field": field.name, "problem": "has no annotation"})
        elif field.types and field.types - _UNIONS <= _ANY:
            yield Hit(field.location, {"field": field.name, "problem": "is annotated as anything"})
        elif field.types:
            yield Met(field.location)
