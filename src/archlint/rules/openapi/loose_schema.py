"""BA1106: a schema of the API that says "anything"."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, Said, Severity
from archlint.service.api.looseness import is_open_by_nature, loose_part, written
from archlint.service.api.operations import Operation, Operations
from archlint.service.api.pydantic_models import PydanticModel
from archlint.service.api.response_kinds import only_raises
from archlint.service.interpreter.types import Type
from archlint.service.model import Service

_JSON_SCHEMA = frozenset({"type", "properties"})
"""Fields of a model that is a JSON Schema itself, which may have any keyword."""


def check(service: Service) -> Iterator[Said]:
    """Yield each loose response, and each loose field and open model that documented endpoints use, once."""
    seen: set[Location] = set()
    models = _Models(service.operations)
    for operation in service.openapi_pages.documented:
        hits = list(_in_operation(operation, models))
        if not hits:
            yield Met(operation.endpoint.handler.location)
        for hit in hits:
            if hit.location not in seen:
                seen.add(hit.location)
                yield hit
    yield from service.routes.unknown


class _Models:
    """The hits in what a type reaches; each model is read once, for many operations share it."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations
        self._known: dict[int, list[Hit]] = {}

    def below(self, start: Type) -> Iterator[Hit]:
        schemas = self._operations.schemas
        for model in schemas.reachable(start):
            if id(model) not in self._known:
                self._known[id(model)] = list(_in_model(schemas.generic(model)))
            yield from self._known[id(model)]


def _in_operation(operation: Operation, models: _Models) -> Iterator[Hit]:
    answer = operation.answer
    if answer.has_schema and not only_raises(operation.endpoint.handler):
        if loose_part(answer.type) is not None:
            handler = operation.endpoint.handler.definition.name
            yield _hit(answer.location, f"The response of `{handler}`", f"typed `{written(answer.type)}`")
        yield from models.below(answer.type)
    for parameter in operation.body:
        yield from models.below(parameter.type)


def _in_model(model: PydanticModel) -> Iterator[Hit]:
    is_open = {field.name for field in model.fields} >= _JSON_SCHEMA
    if model.extra is not None and model.extra.mode == "allow":
        severity = Severity.WARNING if is_open else None
        yield _hit(model.extra.location, f"`{written(model.type)}`", "open to undeclared fields", severity)
    for field in model.fields:
        if not field.excluded and loose_part(field.type) is not None:
            owner = field.owner.qualified.rpartition(".")[2]
            severity = Severity.WARNING if is_open or is_open_by_nature(field.name, field.type) else None
            yield _hit(field.location, f"`{owner}.{field.name}`", f"typed `{written(field.type)}`", severity)


def _hit(location: Location, what: str, looseness: str, severity: Severity | None = None) -> Hit:
    return Hit(location, {"what": what, "looseness": looseness}, severity=severity)
