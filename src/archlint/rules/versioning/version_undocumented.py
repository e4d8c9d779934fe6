"""BA0802: a version beside an older one of which the documentation says nothing."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Unknown
from archlint.service.api.api_versions import is_told, later_versions
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each version of an older one's operations that nothing names, at the app that serves it."""
    routes = service.routes
    later = list(later_versions(routes))
    if not later:
        yield NotApplicable("it serves no second version of an operation")
    for version, older, endpoint in later:
        told = is_told(version, older, routes, service.repository, service.root)
        if told is False:
            fields = {"version": f"v{version}", "older": f"v{older}"}
            yield Hit(endpoint.app.location, fields)
        elif told:
            yield Met(endpoint.app.location)
        else:
            why = "the app's description is not known"
            yield Unknown(f"the documentation of v{version}", endpoint.app.location, why)
