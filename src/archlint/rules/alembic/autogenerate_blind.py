"""BA0303: models that autogenerate does not see."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Unknown
from archlint.service.model import Service
from archlint.service.schema.schemas import Schema


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each env.py without target metadata, and each model that no env.py of its metadata imports."""
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
            yield from (found for found in _blind(schema) if found.location not in seen)


def _blind(schema: Schema) -> Iterator[Hit | Unknown]:
    assert schema.setup is not None
    env = schema.setup.module.path
    for model in schema.blind:
        if schema.setup.undecided:
            place = schema.setup.undecided[0]
            why = "what it loads imports a module whose name the source does not tell"
            yield Unknown(f"whether `{env}` imports `{model.name}`", place.module.location(place.node), why)
        else:
            fields = {
                "what": f"Model `{model.name}`",
                "problem": f"is in a module that `{env}` does not import",
            }
            yield Hit(model.place, fields, (Link(schema.place, "Alembic learns of models here"),))
