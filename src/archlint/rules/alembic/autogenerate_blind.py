"""BA0303: models that autogenerate does not see."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service
from archlint.service.schema.schemas import DatabaseSchema
from archlint.service.schema.sqlalchemy.declarative import MappedModel


def check(service: Service) -> Iterator[Said]:
    """Yield each env.py without target metadata, and each import of models that it lacks."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    schemas = service.schemas.all
    seen = {model.place for schema in schemas for model in schema.models}
    for schema in schemas:
        if schema.setup is None or not service.schemas.has_models:
            continue
        if schema.setup.place is not None and schema.setup.target is None and not schema.setup.unresolved:
            fields = {"what": f"`{schema.setup.module.path}`", "problem": "sets no `target_metadata`"}
            yield Hit(schema.place, fields)
        elif schema.untold is not None:
            yield Unknown("which models autogenerate sees", schema.place, schema.untold)
        else:
            yield from _blind(schema, seen, service.modules.unread)
            yield from _elsewhere(schema, service.schemas.elsewhere(schema))
            yield from (Met(model.place) for model in schema.models if not schema.unread)


def _blind(schema: DatabaseSchema, seen: set[Location], unread: Sequence[str]) -> Iterator[Hit | Unknown]:
    """One for each module that env.py would have to import."""
    unseen = [model for model in schema.blind if model.place not in seen]
    if unseen and unread:
        why = "a file that cannot be read may import more of them"
        yield Unknown("which models autogenerate sees", Location(unread[0]), why)
        return
    for module, group in groupby(unseen, lambda model: model.module):
        models = list(group)
        yield _judged(schema, models, _named(models), module.name)


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


def _judged(schema: DatabaseSchema, models: list[MappedModel], what: str, module: str) -> Hit | Unknown:
    assert schema.setup is not None
    env = schema.setup.module.path
    if schema.setup.undecided:
        place = schema.setup.undecided[0]
        why = "what it loads imports a module whose name the source does not tell"
        return Unknown(f"whether `{env}` imports `{module}`", place.module.location(place.node), why)
    verb = "is" if len(models) == 1 else "are"
    fields = {"what": what, "problem": f"{verb} in `{module}`, which `{env}` does not import"}
    others = tuple(Link(model.place, f"`{model.name}`") for model in models[1:])
    return Hit(models[0].place, fields, (Link(schema.place, "Alembic learns of models here"), *others))
