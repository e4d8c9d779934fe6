"""BA1105: an OpenAPI document that FastAPI does not generate from the code."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Constant
from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.api.overrides import overrides
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each place that gives an app another document, or an old version."""
    if not service.routes.apps:
        return
    fields = service.settings.fields
    off = {one.name for one in fields if isinstance(one.default, Constant) and not one.default.value}
    found = list(overrides(service.modules, service.symbols, off))
    if not found:
        yield from (Met(app.location) for app in service.routes.apps if app.is_served)
    for override in found:
        if override.how is None:
            why = "a function makes it in a way that archlint cannot follow"
            yield Unknown("the OpenAPI document", override.location, why)
        else:
            yield Hit(override.location, {"how": override.how})
