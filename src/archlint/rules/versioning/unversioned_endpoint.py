"""BA0801: an endpoint without a version prefix."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Link, Met, Said, Severity, Unknown
from archlint.service.api.exemptions import operational, served
from archlint.service.api.include_groups import by_include, included, without_aliases
from archlint.service.api.openapi_pages import shows_documentation
from archlint.service.api.response_kinds import is_page
from archlint.service.api.root_paths import client_version, path_setting, unknown_root
from archlint.service.api.routes import App, Endpoint
from archlint.service.api.webhooks import is_webhook
from archlint.service.interpreter.values import Origin
from archlint.service.model import Service

_MISSING = "without a version prefix"
_FALLBACK = re.compile(r"/\{\w+:path\}")
"""What answers all paths that nothing else does: it is of no version."""

_ELSEWHERE = re.compile(r"(/[^/{}]+)*?/v\d+(?=/|$)")


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each endpoint outside `/api/v<N>` that is not operational, and the include that lacks it."""
    exempt = operational(options)
    endpoints = list(without_aliases(service.routes.endpoints))
    versioned = [endpoint for endpoint in endpoints if client_version(endpoint) is not None]
    yield from (Met(endpoint.location) for endpoint in versioned)
    doubtful: dict[App, Unknown | None] = {}
    for place, lacking in by_include(endpoints, lambda endpoint: client_version(endpoint) is not None):
        for endpoint in lacking:
            is_aside = exempt(endpoint) or shows_documentation(endpoint)
            if is_aside or _FALLBACK.fullmatch(endpoint.path) or _is_of_others(service, endpoint):
                continue
            if endpoint.root not in doubtful:
                doubtful[endpoint.root] = unknown_root(endpoint.root)
            if doubtful[endpoint.root] is None:
                yield _hit(place, _how(endpoint), endpoint, has_versions=bool(versioned))
    yield from filter(None, doubtful.values())
    yield from service.routes.unknown


def _is_of_others(service: Service, endpoint: Endpoint) -> bool:
    """Whether people read what it answers, in a browser, or another system says how it is called."""
    if endpoint.kind != "http":
        return False
    operation = service.operations.of(endpoint)
    return is_page(operation, service.symbols) or is_webhook(operation)


def _how(endpoint: Endpoint) -> str:
    """How the path is wrong: a version elsewhere in it is one, if not where the standard has it."""
    if found := _ELSEWHERE.match(endpoint.path):
        return f"under `{found[0]}`, not under `/api/v<N>`"
    if (condition := endpoint.off_by_default) is not None:
        place = condition.place.module.location(condition.place.node)
        return f"{_MISSING}, once the condition at {place} holds, which by default it does not"
    setting = path_setting(endpoint)
    return f"{_MISSING}, as long as `{setting}` has its default" if setting else _MISSING


def _hit(place: Origin, how: str, endpoint: Endpoint, *, has_versions: bool) -> Hit:
    """An error where it has no version, whatever is configured, and is served."""
    include = Link(place.module.location(place.node), "served here, without a version in the prefix")
    fields = {
        "endpoint": served(endpoint),
        "handler": endpoint.handler.own_name,
        "how": how,
        "remedy": _remedy(included(place), endpoint, has_versions),
    }
    is_error = how == _MISSING and endpoint.root.is_served
    severity = None if is_error else Severity.WARNING
    app = Link(endpoint.app.location, "nothing gives the endpoints of this app a version in the prefix")
    mended_at = include.location if place in endpoint.includes else None
    return Hit(endpoint.location, fields, (include,), severity, cause=app, mended_at=mended_at)


def _remedy(included: str, endpoint: Endpoint, has_versions: bool) -> str:
    """What to do: a version that stands elsewhere stays, unless the API has versions of its own beside it."""
    found = _ELSEWHERE.match(endpoint.path)
    if found and not (has_versions and found[1]):
        return f"Let the path begin with `/api/{found[0].rpartition('/')[2]}`, not with `{found[0]}`"
    return f"Serve {included} under `/api/v1`"
