"""BA0710: a setting that takes whatever the environment says."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.traversal import is_none
from archlint.findings import Hit, Met, Said
from archlint.service.configuration.settings import Setting
from archlint.service.interpreter.types import UNKNOWN
from archlint.service.model import Service

_ANY = frozenset({"typing.Any", "builtins.object"})


def check(service: Service) -> Iterator[Said]:
    """Yield each field of a settings class without a type, or with one that everything fits."""
    classes = service.settings.classes
    inferred = {f.location for one in classes if one.of_pydantic_1 for f in one.top_fields if _tells(f)}
    for field in service.settings.fields:
        members = field.type.members if field.type is not None else ()
        if field.type is None and field.location in inferred:
            continue  # pydantic 1 takes the default's type, and holds values to it
        if field.type is None:
            yield Hit(field.location, {"field": field.name, "problem": "has no annotation"})
        elif members and all(member.name in _ANY for member in members):
            yield Hit(field.location, {"field": field.name, "problem": "is annotated as anything"})
        elif field.type != UNKNOWN or field.type.metadata:
            yield Met(field.location)


def _tells(field: Setting) -> bool:
    """Whether its default has a type that it could take."""
    return field.default is not None and not is_none(field.default)
