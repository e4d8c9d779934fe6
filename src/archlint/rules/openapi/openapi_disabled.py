"""BA1101: an app without an OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.documentation import DEFAULTS, handmade, pages
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each app whose document is switched off, unless the service serves one by hand."""
    if not service.routes.apps:
        return
    for page in pages(service.routes, service.routes_by_default, "openapi_url"):
        if isinstance(page, Unknown):
            yield page
        elif page.path is None:
            own = handmade(service.routes, page.mount + DEFAULTS["openapi_url"])
            if own is None:
                yield Hit(page.location)
            elif own.conditions:
                yield Unknown("the OpenAPI document", own.location, "it is served only under a condition")
