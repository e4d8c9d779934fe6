"""The changes of a service's API between two states of its source, with the places in both."""

from __future__ import annotations

import re
from datetime import date

from msgspec import Struct

from archlint.facts.syntax import ClassDef
from archlint.findings import Location
from archlint.service.api.pydantic_models import PydanticModels
from archlint.service.api.root_paths import client_version
from archlint.service.api.routes import Endpoint
from archlint.service.evolution.change import Change, OperationName
from archlint.service.evolution.comparison import compare
from archlint.service.evolution.views import Json
from archlint.service.interpreter.types import Type
from archlint.service.openapi.document import ApiDocument
from archlint.service.semantics.library_models import is_declared_here

_VERSION = re.compile(r"/(?:api/)?(v\d+)(?:/|$)")
_NOTHING: Json = {"openapi": "3.1.0", "paths": {}}


class ApiState(Struct, frozen=True):
    """An API at one time: its document, and where that comes from source, what it is made of."""

    content: Json
    document: ApiDocument | None = None
    models: PydanticModels | None = None

    def location(self, change: Change, schema: str) -> Location | None:
        """Where what changed is written; None where it is not there, or the document is a file.

        `schema` is what this state calls the component.
        """
        if self.document is None:
            return None
        if schema in self.document.models and self.models is not None:
            found = _in_model(self.document.models[schema], self.models, change.field)
            if found is not None:
                return found
        endpoint = self._endpoint(change.operations[0]) if change.operations else None
        return endpoint.location if endpoint is not None else None

    def handler(self, name: OperationName) -> str | None:
        """The function that serves an operation: `module:function`."""
        endpoint = self._endpoint(name)
        return endpoint.handler.name if endpoint is not None else None

    def version(self, name: OperationName) -> str:
        """The version of an operation, as `v1`: in its path, or in the root path before it; "" for none."""
        if match := _VERSION.match(name.path):
            return match[1]
        endpoint = self._endpoint(name) if self.document is not None else None
        found = client_version(endpoint) if endpoint is not None else None
        return f"v{found}" if found is not None else ""

    def _endpoint(self, name: OperationName) -> Endpoint | None:
        assert self.document is not None
        return self.document.operations.get((name.path, name.method.lower()))


class ApiChange(Struct, frozen=True):
    """A change with its places: `base` where it was, `head` where it is now.

    `version` is that in the paths of the operations that it reaches, as `v1` or `v1, v2`; empty for none.
    """

    change: Change
    version: str
    base: Location | None
    head: Location | None


def state_of(document: ApiDocument | None, models: PydanticModels | None) -> ApiState:
    """The state that source gives; a service without an app serves nothing."""
    return ApiState(_NOTHING) if document is None else ApiState(document.content, document, models)


def api_changes(base: ApiState, head: ApiState, today: date) -> tuple[ApiChange, ...]:
    """What changed from one state to the other, the gravest first."""
    changes = compare(base.content, head.content, today, _moved(base, head))
    return tuple(
        ApiChange(
            change,
            _versions(change, base, head),
            base.location(change, change.base_schema),
            head.location(change, change.schema),
        )
        for change in changes
    )


def _versions(change: Change, *states: ApiState) -> str:
    """The versions in the paths of the operations that the change reaches, as `v1, v2`."""
    found = {version for name in change.operations for one in states if (version := one.version(name))}
    return ", ".join(sorted(found))


def _in_model(found: Type, models: PydanticModels, field: str) -> Location | None:
    """The field of a model, or its class where the field is not there."""
    symbol = found.symbol
    if symbol is None or symbol.module is None or not isinstance(symbol.node, ClassDef):
        return None
    if is_declared_here(symbol.module):
        return None
    name = field.partition("/")[0]
    for entry in models.model(found).fields if name and models.is_model(found) else ():
        if name in {entry.alias, entry.written}:
            return entry.location
    start = symbol.node.name_start
    location: Location = symbol.module.span(start, start + len(symbol.node.name))
    return location


def _moved(base: ApiState, head: ApiState) -> dict[OperationName, OperationName]:
    """Operations that the same function serves elsewhere now: for certain, where it serves one alone."""
    if base.document is None or head.document is None:
        return {}
    before, after = _by_handler(base, head), _by_handler(head, base)
    return {before[name]: after[name] for name in before if name in after}


def _by_handler(state: ApiState, other: ApiState) -> dict[str, OperationName]:
    """The functions that serve just one operation which the other state has not."""
    assert state.document is not None
    assert other.document is not None
    found: dict[str, list[OperationName]] = {}
    for path, method in state.document.operations:
        if (path, method) not in other.document.operations:
            name = OperationName(path, method.upper())
            found.setdefault(state.handler(name) or "", []).append(name)
    return {handler: names[0] for handler, names in found.items() if len(names) == 1 and handler}
