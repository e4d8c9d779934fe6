"""BA1107: an endpoint that the documentation does not explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Link, Location, Met, Said
from archlint.service.api.exemptions import operational, served, severity_of
from archlint.service.api.response_kinds import is_page
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each documented handler without docstring, summary and description, once."""
    exempt = operational(options)
    seen: set[int] = set()
    for operation in service.openapi_pages.documented:
        endpoint = operation.endpoint
        definition = endpoint.handler.definition
        if exempt(endpoint) or id(definition) in seen:
            continue
        seen.add(id(definition))
        if endpoint.described:
            yield Met(endpoint.handler.location)
        elif not is_page(operation, service.symbols):
            fields = {"handler": definition.name, "endpoint": served(endpoint)}
            module = endpoint.handler.module
            cause = Link(Location(module.path), f"endpoints of `{module.name}` that nothing describes")
            yield Hit(endpoint.handler.location, fields, severity=severity_of(endpoint), cause=cause)
    yield from service.routes.unknown
