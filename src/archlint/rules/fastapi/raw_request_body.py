"""BA0103: a handler that gets a body which no schema has checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Met, NotApplicable, Said, Severity, Unknown
from archlint.service.api.exemptions import exemption, served, severity_of
from archlint.service.api.request_bodies import raw_reads, untyped_bodies
from archlint.service.model import Service

_METHODS = {"POST", "PUT", "PATCH"}


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each read of the raw body and each body parameter without a schema, once per place."""
    exempt = exemption(options)
    seen: set[int] = set()
    for operation in service.operations:
        endpoint = operation.endpoint
        definition = endpoint.handler.definition
        if not _METHODS & set(endpoint.methods) or exempt(endpoint) or id(definition) in seen:
            continue
        seen.add(id(definition))
        found = (*raw_reads(operation, service.symbols), *untyped_bodies(operation))
        for one in found:
            if one.is_document:
                what = f"whether {served(endpoint)} takes JSON"
                yield Unknown(what, one.location, "the handler hands on the bytes of the body")
            else:
                fields = {"handler": definition.name, "endpoint": served(endpoint), "how": one.how}
                yield Hit(
                    one.location,
                    fields,
                    severity=Severity.WARNING if one.is_member else severity_of(endpoint),
                )
        if not found:
            yield Met(endpoint.handler.location)
    yield from service.routes.unknown
    if not (seen or service.routes.unknown):
        yield NotApplicable("no endpoint takes a body")
