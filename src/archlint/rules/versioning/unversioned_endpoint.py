"""BA0801: an endpoint without a version prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Link, Met, Said, Severity, Unknown
from archlint.service.api.exemptions import operational, served
from archlint.service.api.include_groups import by_include, gives_prefix, included, without_aliases
from archlint.service.api.openapi_pages import shows_documentation
from archlint.service.api.response_kinds import is_page
from archlint.service.api.root_paths import client_version, unknown_root
from archlint.service.api.routes import App, Endpoint
from archlint.service.api.version_lacks import MISSING, lack_of_version, version_elsewhere, versioned_apps
from archlint.service.api.webhooks import is_webhook
from archlint.service.interpreter.values import Origin
from archlint.service.model import Service

_FALLBACK = re.compile(r"/\{\w+:path\}")
"""What answers all paths that nothing else does: it is of no version."""


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each endpoint outside `/api/v<N>` that is not operational, and the include that lacks it."""
    exempt = operational(options)
    endpoints = list(without_aliases(service.routes.endpoints))
    versioned = [endpoint for endpoint in endpoints if client_version(endpoint) is not None]
    yield from (Met(endpoint.location) for endpoint in versioned)
    apps = versioned_apps(endpoints)
    doubtful: dict[App, Unknown | None] = {}
    for place, lacking in by_include(endpoints, lambda endpoint: client_version(endpoint) is not None):
        for endpoint in lacking:
            is_aside = exempt(endpoint) or shows_documentation(endpoint)
            if is_aside or _FALLBACK.fullmatch(endpoint.path) or _is_of_others(service, endpoint):
                continue
            if endpoint.root not in doubtful:
                doubtful[endpoint.root] = unknown_root(endpoint.root)
            if doubtful[endpoint.root] is None:
                yield _hit(place, lack_of_version(endpoint, apps), endpoint, has_versions=bool(versioned))
    yield from filter(None, doubtful.values())
    yield from service.routes.unknown


def _is_of_others(service: Service, endpoint: Endpoint) -> bool:
    """Whether people read what it answers, in a browser, or another system says how it is called."""
    if endpoint.kind != "http":
        return False
    operation = service.operations.of(endpoint)
    return is_page(operation, service.symbols) or is_webhook(operation)


def _hit(place: Origin, how: str, endpoint: Endpoint, *, has_versions: bool) -> Hit:
    """An error where it has no version, whatever is configured, and is served."""
    include = Link(place.module.location(place.node), "served here, without a version in the prefix")
    fields = {
        "endpoint": served(endpoint),
        "handler": endpoint.handler.own_name,
        "how": how,
        "remedy": _remedy(place, endpoint, has_versions),
    }
    is_error = how == MISSING and endpoint.root.is_served
    severity = None if is_error else Severity.WARNING
    app = Link(endpoint.app.location, "nothing gives the endpoints of this app a version in the prefix")
    mended_at = include.location if place in endpoint.includes else None
    return Hit(endpoint.location, fields, (include,), severity, cause=app, mended_at=mended_at)


def _remedy(place: Origin, endpoint: Endpoint, has_versions: bool) -> str:
    """What to do: a version that stands elsewhere stays, unless the API has versions of its own beside it."""
    found = version_elsewhere(endpoint)
    if found and not (has_versions and found["before"]):
        return f"Let the path begin with `/api/v{found['number'] or 1}`, not with `{found[0]}`"
    if endpoint.path.startswith("/api/") and not gives_prefix(place):
        return "Let the path begin with `/api/v1`, not with `/api`, where that prefix is given"
    return f"Serve {included(place)} under `/api/v1`"
