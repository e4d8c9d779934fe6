"""BA0908: no test requests the endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Link, Location, Met, Said, Severity, Unknown
from archlint.service.api.exemptions import exemption
from archlint.service.api.include_groups import parts
from archlint.service.api.openapi_pages import shows_documentation
from archlint.service.api.routes import Endpoint
from archlint.service.model import Service


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each handler that no request means, and each request that may mean one of them."""
    requests = service.requests
    if not service.suite.tests or requests.everything:
        return
    said: set[int] = set()
    for endpoint in requests.tested:
        if id(endpoint.handler.definition) not in said:
            said.add(id(endpoint.handler.definition))
            yield Met(endpoint.handler.location)
    undecided = {one for endpoints in requests.possible.values() for one in endpoints}
    exempt = exemption(options)
    handlers: dict[int, list[Endpoint]] = {}
    for endpoint in service.routes.endpoints:
        # Those of another package of the repository are tested where that package's tests are.
        is_own = endpoint.home.path in service.modules.by_path
        if is_own and not (exempt(endpoint) or shows_documentation(endpoint)):
            handlers.setdefault(id(endpoint.handler.definition), []).append(endpoint)
    met = {*requests.tested, *undecided}
    found = [aliases for aliases in handlers.values() if not any(one in met for one in aliases)]
    if found and (unread := service.suite.unread):
        yield Unknown("which endpoints tests request", Location(unread[0]), "the file cannot be read")
        found = []
    part = parts((one for aliases in found for one in aliases), met, "that no test requests")
    no_client = None if requests.all else _no_client(service)
    for aliases in found:
        fields = {"endpoint": _called(aliases), "handler": aliases[0].handler.own_name}
        severity = None if any(one.is_usual for one in aliases) else Severity.WARNING
        cause = no_client or part(aliases[0])
        yield Hit(aliases[0].location, fields, severity=severity, cause=cause)
    for request, endpoints in requests.possible.items():
        named = ", ".join(_written(one) for one in endpoints[:3]) + (" …" if len(endpoints) > 3 else "")
        yield Unknown("the path of a request", request.location, f"no other test requests {named}")


def _no_client(service: Service) -> Link:
    place = Location(service.suite.tests[0].module.path)
    return Link(place, "no test has a client, so nothing requests an endpoint")


def _called(aliases: list[Endpoint]) -> str:
    """`GET /v1/tools`, and the other paths of its handler: one by name, more by their number."""
    first = f"`{_written(aliases[0])}`"
    others = list(dict.fromkeys(one.path for one in aliases[1:] if one.path != aliases[0].path))
    if len(others) > 1:
        return f"{first} or any of its {len(others)} other paths"
    return f"{first} or `{others[0]}`" if others else first


def _written(endpoint: Endpoint) -> str:
    """`GET /tools/{id}`."""
    return f"{'/'.join(endpoint.methods) or 'WebSocket'} {endpoint.path}"
