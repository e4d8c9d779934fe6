"""BA1102: Swagger UI is not at `/docs`."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.api.exemptions import unserved
from archlint.service.api.openapi_pages import OpenAPIPage
from archlint.service.model import Service

_SWAGGER, _BOTH = ("BA11.1.2",), ("BA11.1.2", "BA11.1.3")


def check(service: Service) -> Iterator[Said]:
    """Yield each app that serves Swagger UI elsewhere or not at all, unless the service serves it by hand.

    What is wrong with its ReDoc stands in the same `FastAPI(…)` and is said with it.
    """
    found = list(service.openapi_pages.misplaced("docs_url"))
    if not found:
        yield from (Met(app.location) for app in service.routes.apps if app.is_served)
    others = [one for one in service.openapi_pages.misplaced("redoc_url") if isinstance(one, OpenAPIPage)]
    for page in found:
        if isinstance(page, Unknown):
            yield page
            continue
        twin = next((one for one in others if one.app.router is page.app.router), None)
        more = f", and ReDoc is {twin.where}, not at `/redoc`" if twin else ""
        fields = {
            "where": f"{unserved(page.app)} is {page.where}".strip(),
            "more": more,
            "arguments": "`docs_url` and `redoc_url`" if twin else "`docs_url`",
            "stays": "they stay where people look" if twin else "it stays at `/docs`",
        }
        severity = page.severity if twin is None or twin.severity else None
        yield Hit(page.location, fields, page.chain, severity, clauses=_BOTH if twin else _SWAGGER)
