"""BA1102: Swagger UI is not at `/docs`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each app that serves Swagger UI elsewhere or not at all, unless the service serves it by hand."""
    found = list(service.openapi_pages.misplaced("docs_url"))
    if not found:
        yield from (Met(app.location) for app in service.routes.apps)
    for page in found:
        if isinstance(page, Unknown):
            yield page
        else:
            yield Hit(page.location, {"where": f"at `{page.path}`" if page.path else "switched off"})
