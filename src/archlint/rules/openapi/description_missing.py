"""BA1107: an endpoint that the documentation does not explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, Said
from archlint.service.api.exemptions import operational, served, severity_of
from archlint.service.api.include_groups import parts
from archlint.service.api.operations import Operation
from archlint.service.api.response_kinds import is_page
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each documented handler without docstring, summary and description, once."""
    exempt = operational(options)
    shown: dict[int, Operation] = {}
    for operation in service.openapi_pages.documented:
        if not exempt(operation.endpoint):
            shown.setdefault(id(operation.endpoint.handler.definition), operation)
    described = [one.endpoint for one in shown.values() if one.endpoint.described]
    yield from (Met(one.handler.location) for one in described)
    undescribed = (one for one in shown.values() if not one.endpoint.described)
    bare = [one.endpoint for one in undescribed if not is_page(one, service.symbols)]
    part = parts(bare, described, "that nothing describes")
    for endpoint in bare:
        handler = endpoint.handler
        fields = {"handler": handler.definition.name, "endpoint": served(endpoint)}
        yield Hit(handler.location, fields, severity=severity_of(endpoint), cause=part(endpoint))
    yield from service.routes.unknown
