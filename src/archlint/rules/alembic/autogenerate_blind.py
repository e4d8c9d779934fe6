"""BA0303: models that autogenerate does not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service
from archlint.service.schema.blind_models import BlindModels, BlindModule
from archlint.service.schema.schemas import DatabaseSchema
from archlint.service.schema.sqlalchemy.declarative import MappedModel


def check(service: Service) -> Iterator[Said]:
    """Yield each env.py without target metadata, and each import of models that none has."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    if not service.schemas.has_models:
        return
    for schema in service.schemas.all:
        if schema.setup is None:
            continue
        if schema.setup.place is not None and schema.setup.target is None and not schema.setup.unresolved:
            fields = {"what": f"`{schema.setup.module.path}`", "problem": "sets no `target_metadata`"}
            yield Hit(schema.place, fields)
        elif schema.untold is not None:
            yield Unknown("which models autogenerate sees", schema.place, schema.untold)
        else:
            yield from _elsewhere(schema, service.schemas.elsewhere(schema))
            yield from (Met(model.place) for model in schema.models if not schema.unread)
    yield from _blind(list(BlindModels(service.schemas, service.imports)), service.modules.unread)


def _blind(found: Sequence[BlindModule], unread: Sequence[str]) -> Iterator[Hit | Unknown]:
    """One for each module that an env.py would have to import."""
    if found and unread:
        why = "a file that cannot be read may import more of them"
        yield Unknown("which models autogenerate sees", Location(unread[0]), why)
    else:
        yield from map(_judged, found)


def _judged(blind: BlindModule) -> Hit | Unknown:
    first, *others = blind.models
    if blind.doubt is not None:
        return blind.doubt
    verb = "are" if others else "is"
    env = blind.environments
    does = f"{env} does not import" if len(blind.schemas) == 1 else f"neither {env} imports"
    fields = {"what": _named(blind.models), "problem": f"{verb} in `{blind.module.name}`, which {does}"}
    learning = (Link(schema.place, "Alembic learns of models here") for schema in blind.schemas)
    return Hit(first.place, fields, (*learning, *(Link(one.place, f"`{one.name}`") for one in others)))


def _elsewhere(schema: DatabaseSchema, models: Sequence[MappedModel]) -> Iterator[Hit]:
    """One for the models of other metadata than env.py's, though its revisions make their tables."""
    if models and schema.setup is not None:
        verb = "is" if len(models) == 1 else "are"
        problem = f"{verb} of a `MetaData` that `{schema.setup.module.path}` does not hand over"
        others = tuple(Link(one.place, f"`{one.name}`, whose table Alembic would drop") for one in models)
        yield Hit(schema.place, {"what": _named(models), "problem": problem}, others)


def _named(models: Sequence[MappedModel]) -> str:
    names = ", ".join(f"`{model.name}`" for model in models)
    return f"Model {names}" if len(models) == 1 else f"Models {names}"
