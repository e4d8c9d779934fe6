"""BA1107: an endpoint that the documentation does not explain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Unknown
from archlint.service.api.exemptions import exemption, served
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit | Unknown]:
    """Yield each documented handler without docstring, summary and description, once."""
    exempt = exemption(options)
    seen: set[int] = set()
    for operation in service.openapi_pages.documented:
        endpoint = operation.endpoint
        definition = endpoint.handler.definition
        if not endpoint.described and not exempt(endpoint) and id(definition) not in seen:
            seen.add(id(definition))
            fields = {"handler": definition.name, "endpoint": served(endpoint)}
            yield Hit(endpoint.handler.location, fields)
