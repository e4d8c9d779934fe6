"""BA0801: an endpoint whose full path has no version prefix."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Link, Met, Said, Severity
from archlint.service.api.exemptions import exemption, served, version_of
from archlint.service.api.response_kinds import is_page
from archlint.service.api.routes import Endpoint
from archlint.service.model import Service

ELSEWHERE = re.compile(r"(/[^/{}]+)*?/v\d+(?=/|$)")


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each endpoint outside `/api/v<N>` that is not operational, with the includes that led there."""
    exempt = exemption(options)
    for endpoint in _without_aliases(service.routes.endpoints):
        if version_of(endpoint) is not None:
            yield Met(endpoint.location)
        elif not exempt(endpoint) and not _is_page(service, endpoint):
            yield _hit(endpoint)
    yield from service.routes.unknown


def _without_aliases(endpoints: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """One of each operation's spellings: no hidden copy of a shown one, no twin with a slash."""
    operations = [(endpoint, _operation(endpoint)) for endpoint in endpoints]
    shown = {operation for endpoint, operation in operations if endpoint.in_schema}
    seen: set[tuple[object, str]] = set()
    for endpoint, operation in operations:
        spelling = (operation, endpoint.path.rstrip("/"))
        if spelling not in seen and (endpoint.in_schema or operation not in shown):
            seen.add(spelling)
            yield endpoint


def _operation(endpoint: Endpoint) -> tuple[object, ...]:
    return id(endpoint.root), id(endpoint.handler.definition), endpoint.kind, endpoint.methods


def _is_page(service: Service, endpoint: Endpoint) -> bool:
    """Whether people read what it answers, in a browser: a page is no API."""
    return endpoint.kind == "http" and is_page(service.operations.of(endpoint), service.symbols)


def _hit(endpoint: Endpoint) -> Hit:
    """A version that stands elsewhere in the prefix is one, if not where the standard has it: a warning."""
    found = ELSEWHERE.match(endpoint.path)
    how = f"under `{found[0]}`, not under `/api/v<N>`" if found else "without a version prefix"
    what = "included here" if found else "included here, without a version in the prefix"
    links = tuple(Link(place.module.location(place.node), what) for place in endpoint.includes)
    fields = {"endpoint": served(endpoint), "how": how}
    return Hit(endpoint.location, fields, links, severity=Severity.WARNING if found else None)
