"""BA1104: an endpoint that answers with data of which the documentation says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Hit, Link, Met, Said, Severity, Unknown
from archlint.service.api.exemptions import operational, served, severity_of
from archlint.service.api.response_kinds import ResponseKind, maker, undocumented
from archlint.service.api.routes import Endpoint
from archlint.service.model import Service
from archlint.service.semantics.symbols import Symbol

_SAY_WHAT = (
    "Annotate what it returns (`-> ItemOut`), or give `response_model` where the handler returns another type"
)
_UNKNOWN = {
    ResponseKind.UNCLEAR: "what it returns has the name of a response, and archlint cannot follow it",
    ResponseKind.PERHAPS_TOLD: "more is given to `responses` than the source tells",
}
_SAY_NOTHING = "Write `-> None`, and `status_code=204` where no client waits for a body"


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each documented handler without a schema for what it returns, once."""
    exempt = operational(options)
    seen: set[int] = set()
    for operation in service.openapi_pages.documented:
        endpoint = operation.endpoint
        definition = endpoint.handler.definition
        if exempt(endpoint) or id(definition) in seen:
            continue
        seen.add(id(definition))
        kind = undocumented(operation, service.symbols)
        if kind is None:
            yield Met(endpoint.handler.location)
        elif kind in _UNKNOWN:
            what = f"whether {served(endpoint)} answers with data that no schema describes"
            yield Unknown(what, endpoint.handler.location, _UNKNOWN[kind])
        else:
            yield _hit(endpoint, kind, maker(operation, service.symbols))
    yield from service.routes.unknown


def _hit(endpoint: Endpoint, kind: ResponseKind, made_by: Symbol | None) -> Hit:
    """Where nothing is returned, only a word to say so is missing: a warning."""
    silent = kind is ResponseKind.NOTHING
    what = "`null`, and no `-> None` or status 204 says so" if silent else "data that no schema describes"
    fields = {
        "handler": endpoint.handler.definition.name,
        "endpoint": served(endpoint),
        "what": what,
        "remedy": _SAY_NOTHING if silent else _SAY_WHAT,
    }
    cause = _cause(made_by) if made_by is not None else None
    severity = Severity.WARNING if silent else severity_of(endpoint)
    return Hit(endpoint.handler.location, fields, severity=severity, cause=cause)


def _cause(made_by: Symbol) -> Link | None:
    node, module = made_by.node, made_by.module
    if module is None or not isinstance(node, ClassDef | FunctionDef):
        return None
    place = module.span(node.name_start, node.name_start + len(node.name))
    return Link(place, f"`{node.name}` makes answers that no schema describes")
