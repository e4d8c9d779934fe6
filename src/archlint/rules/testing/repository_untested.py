"""BA0909: no test reaches an operation of the crud layer, neither directly nor through an endpoint."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Unknown
from archlint.service.calls.functions import Function
from archlint.service.model import Service
from archlint.service.testing.expected_targets import public_classes, public_functions


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each operation that the tests come by nowhere, with the endpoints that use it."""
    for function in _operations(service) if service.suite.tests and not service.requests.everything else ():
        if service.reached.has(function) or function.node is None:
            continue
        place = function.location
        if service.reached.may_have(function):
            why = "a request whose path is not known may reach it"
            yield Unknown(f"tests of `{function.short_name}`", place, why)
        else:
            yield Hit(place, {"operation": function.short_name, "through": _through(service, function)})


def _operations(service: Service) -> Iterator[Function]:
    for module in service.layers.modules("crud"):
        yield from public_functions(module, service.calls)
        for _, methods in public_classes(module, service.calls):
            yield from methods


def _through(service: Service, function: Function) -> str:
    endpoints = service.reached.endpoints_of(function)
    if not endpoints:
        return "and no endpoint uses it"
    shown = f"`{'/'.join(endpoints[0].methods)} {endpoints[0].path}`"
    more = f" and {len(endpoints) - 1} more" if len(endpoints) > 1 else ""
    return f"nor through {shown}{more}, untested too"
