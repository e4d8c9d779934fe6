"""BA0908: no test requests the endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from archlint.findings import Hit, Unknown
from archlint.service.api.routes import Endpoint
from archlint.service.model import Service
from archlint.service.packaging.pyproject import strings


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit | Unknown]:
    """Yield each endpoint that no request means, and each request that may mean one of them."""
    requests = service.requests
    if not service.suite.tests or requests.everything:
        return
    undecided = {one for endpoints in requests.possible.values() for one in endpoints}
    exempt = frozenset(strings(options["exempt"]))
    for endpoint in service.routes.endpoints:
        if endpoint.path not in exempt and endpoint not in requests.tested and endpoint not in undecided:
            yield Hit(endpoint.location, {"endpoint": _written(endpoint)})
    for request, endpoints in requests.possible.items():
        named = ", ".join(_written(one) for one in endpoints[:3]) + (" …" if len(endpoints) > 3 else "")
        yield Unknown("the path of a request", request.location, f"no other test requests {named}")


def _written(endpoint: Endpoint) -> str:
    """`GET /tools/{id}`."""
    return f"{'/'.join(endpoint.methods) or 'WebSocket'} {endpoint.path}"
