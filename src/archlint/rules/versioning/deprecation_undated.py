"""BA0805: a deprecated operation that does not say until when it works."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.api.deprecations import undated
from archlint.service.api.exemptions import served
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each deprecation without a date in a header or in a description."""
    for found in undated(iter(service.operations), service.modules):
        endpoint = served(found.operation.endpoint)
        if found.maybe:
            why = "code beside it sends deprecation headers, and archlint cannot tell for which operations"
            yield Unknown(f"until when {endpoint} works", found.location, why)
        else:
            yield Hit(found.location, {"endpoint": endpoint})
