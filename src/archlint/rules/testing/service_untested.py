"""BA0907: no test reaches a service."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Hit, Unknown
from archlint.service.calls.functions import Class, Function
from archlint.service.model import Service
from archlint.service.testing.expected_targets import public_classes, public_functions


def check(service: Service) -> Iterator[Hit | Unknown]:
    """Yield each public function and class of the services' layer that the tests come by nowhere."""
    for module in service.layers.modules("services") if service.suite.tests else ():
        for function in public_functions(module, service.calls):
            yield from _judged(service, function, (function,), "function")
        for cls, _ in public_classes(module, service.calls):
            if not service.reached.names(cls):
                yield from _judged(service, cls, tuple(cls.methods.values()), "class")


def _judged(
    service: Service, one: Function | Class, functions: tuple[Function, ...], kind: str
) -> Iterator[Hit | Unknown]:
    if service.requests.everything or any(map(service.reached.has, functions)):
        return
    if not isinstance(one.node, FunctionDef | ClassDef):
        return
    name = one.node.name
    place = one.module.span(one.node.name_start, one.node.name_start + len(name))
    if any(map(service.reached.may_have, functions)):
        yield Unknown(f"tests of `{name}`", place, "a request whose path is not known may reach it")
    else:
        yield Hit(place, {"kind": kind, "name": name})
