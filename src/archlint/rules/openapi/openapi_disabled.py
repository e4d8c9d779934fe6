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
                yield _without_own(one) if isinstance(one, OpenAPIPage) else one
        elif page.app.is_served:
            yield Met(page.location)


def _without_own(page: OpenAPIPage) -> Hit | Met:
    """What is said of an app with `openapi_url=None`: one that serves it by hand elsewhere has it."""
    if page.path is not None:
        return Met(page.location)
    how = "off" + page.where.removeprefix("switched off")
    return Hit(page.location, {"how": how}, page.chain, page.severity)
