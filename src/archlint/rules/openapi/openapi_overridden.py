"""BA1105: an OpenAPI document that FastAPI does not generate from the code."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.api.overrides import overrides
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each place that gives an app another document, or an old version."""
    if not service.routes.apps:
        return
    for override in overrides(service.modules, service.symbols):
        if override.how is None:
            why = "a function makes it in a way that archlint cannot follow"
            yield Unknown("the OpenAPI document", override.location, why)
        else:
            yield Hit(override.location, {"how": override.how})
