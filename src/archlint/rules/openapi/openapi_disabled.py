"""BA1101: an app without an OpenAPI document."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.api.openapi_pages import OpenAPIPage
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each app whose document is switched off, unless the service serves one by hand."""
    for page in service.openapi_pages.at("openapi_url"):
        if isinstance(page, Unknown):
            yield page
        elif page.path is None:
            for one in service.openapi_pages.unserved(page, "openapi_url"):
                yield _hit(one) if isinstance(one, OpenAPIPage) else one
        elif page.app.is_served:
            yield Met(page.location)


def _hit(page: OpenAPIPage) -> Hit:
    how = "off" + page.where.removeprefix("switched off")
    return Hit(page.location, {"how": how}, page.chain, page.severity)
