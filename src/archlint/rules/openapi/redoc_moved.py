"""BA1103: ReDoc is not at `/redoc`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.api.exemptions import unserved
from archlint.service.api.openapi_pages import OpenAPIPage
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each app that serves ReDoc elsewhere or not at all, unless the service serves it by hand.

    Where its Swagger UI is not in its place either, BA1102 says both.
    """
    found = list(service.openapi_pages.misplaced("redoc_url"))
    if not found:
        yield from (Met(app.location) for app in service.routes.apps if app.is_served)
    swagger = [one for one in service.openapi_pages.misplaced("docs_url") if isinstance(one, OpenAPIPage)]
    said = {id(one.app.router) for one in swagger}
    for page in found:
        if isinstance(page, Unknown):
            yield page
        elif id(page.app.router) not in said:
            where = f"{unserved(page.app)} is {page.where}".strip()
            yield Hit(page.location, {"where": where}, page.chain, page.severity)
