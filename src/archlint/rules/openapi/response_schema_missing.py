"""BA1104: an endpoint that answers with data of which the documentation says nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Unknown
from archlint.service.answers import lacks_schema
from archlint.service.documentation import documented
from archlint.service.model import Service
from archlint.service.operational import exemption, served


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit | Unknown]:
    """Yield each documented handler without a schema for what it returns, once."""
    exempt = exemption(options)
    seen: set[int] = set()
    for operation in documented(service):
        endpoint = operation.endpoint
        definition = endpoint.handler.definition
        if exempt(endpoint) or id(definition) in seen:
            continue
        if lacks_schema(operation, service.symbols):
            seen.add(id(definition))
            fields = {"handler": definition.name, "endpoint": served(endpoint)}
            yield Hit(endpoint.handler.location, fields)
