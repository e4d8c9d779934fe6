"""BA0909: no test reaches an operation of the crud layer, neither directly nor through an endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlint.findings import Met, Said, Unknown
from archlint.service.api.routes import Endpoint
from archlint.service.calls.functions import Function
from archlint.service.model import Service
from archlint.service.testing.expected_targets import public_classes, public_functions
from archlint.service.testing.untested import Untested, by_name_alone, untested_hits

_REMEDY = "Test it against a database, or test an endpoint that uses it"


def check(service: Service) -> Iterator[Said]:
    """Yield each operation that the tests come by nowhere, with the endpoints that use it."""
    if not service.suite.tests or service.requests.everything:
        return
    doubtful: list[Function] = []
    for module in service.layers.modules("crud"):
        methods = (method for _, members in public_classes(module, service.calls) for method in members)
        operations = [*public_functions(module, service.calls), *methods]
        judged = [answer for one in operations if (answer := _judged(service, one))]
        yield from (one for one in judged if isinstance(one, Unknown))
        proven = [one for one in operations if service.reached.is_proven(one)]
        yield from (Met(one.location) for one in proven)
        doubtful += [one for one in operations if service.reached.has(one)]
        found = [one for one in judged if isinstance(one, Untested)]
        yield from untested_hits(found, _REMEDY)
    yield from by_name_alone([one for one in doubtful if not service.reached.is_proven(one)])


def _judged(service: Service, function: Function) -> Untested | Unknown | None:
    if service.reached.has(function) or function.node is None:
        return None
    unused = service.reached.is_unused(function)
    if not unused and (why := service.reached.doubt(function)):
        return Unknown(f"tests of `{function.short_name}`", function.location, why)
    endpoints = () if unused else service.reached.endpoints_of(function)
    ways = _unused_users(service, function) if unused else _through(service, function, endpoints)
    name = function.short_name
    return Untested(function.module, function.location, name, f"`{name}`{ways}", unused, endpoints)


def _unused_users(service: Service, function: Function) -> str:
    user = next(iter(service.reached.callers_of(function)), None)
    return f" but `{user.short_name}`, which nothing uses either" if user else ""


def _through(service: Service, function: Function, endpoints: Sequence[Endpoint]) -> str:
    if not endpoints:
        return "" if service.reached.is_kept(function) else ", and no endpoint uses it"
    shown = f"`{'/'.join(endpoints[0].methods)} {endpoints[0].path}`"
    more = f" and {len(endpoints) - 1} more" if len(endpoints) > 1 else ""
    return f", nor through {shown}{more}, untested too"
