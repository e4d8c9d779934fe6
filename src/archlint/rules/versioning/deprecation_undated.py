"""BA0805: a deprecated operation that does not say until when it works."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.api.deprecations import undated
from archlint.service.api.exemptions import served, severity_of
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each deprecation without a date in a header or in a description."""
    deprecated = [one for one in service.operations if one.endpoint.deprecated and one.endpoint.in_schema]
    if not deprecated:
        yield NotApplicable("no operation is deprecated")
    dateless = list(undated(iter(service.operations), service.modules))
    if not dateless:
        yield from (Met(operation.endpoint.location) for operation in deprecated)
    for found in dateless:
        endpoint = served(found.operation.endpoint)
        if found.maybe:
            why = "code beside it sends deprecation headers, and archlint cannot tell for which operations"
            yield Unknown(f"until when {endpoint} works", found.location, why)
        else:
            handler = found.operation.endpoint.handler.own_name
            severity = severity_of(found.operation.endpoint)
            yield Hit(found.location, {"endpoint": endpoint, "handler": handler}, severity=severity)
