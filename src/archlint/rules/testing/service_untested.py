"""BA0907: no test reaches a service."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import ClassDef, FunctionDef
from archlint.findings import Met, Said, Unknown
from archlint.service.calls.functions import Class, Function
from archlint.service.model import Service
from archlint.service.semantics.modules import Module
from archlint.service.testing.expected_targets import public_classes, public_functions
from archlint.service.testing.untested import (
    Untested,
    by_name_alone,
    place_of,
    untested_hits,
)

_REMEDY = "Test it by itself, with its repositories and clients replaced"


def check(service: Service) -> Iterator[Said]:
    """Yield each public function and class of the services' layer that the tests come by nowhere."""
    doubtful: list[Function | Class] = []
    for module in service.layers.modules("services") if service.suite.tests else ():
        targets = list(_targets(service, module))
        judged = [answer for one in targets if (answer := _judged(service, *one))]
        yield from (one for one in judged if isinstance(one, Unknown))
        proven = [one for one, functions, _ in targets if any(map(service.reached.is_proven, functions))]
        yield from (Met(place_of(one)) for one in proven)
        for one, functions, _ in targets:
            if one not in proven and any(map(service.reached.has, functions)):
                doubtful.append(one)
        found = [one for one in judged if isinstance(one, Untested)]
        yield from untested_hits(found, _REMEDY, service.project.is_library)
    yield from by_name_alone(doubtful)


def _targets(
    service: Service, module: Module
) -> Iterator[tuple[Function | Class, tuple[Function, ...], str]]:
    for function in public_functions(module, service.calls):
        yield function, (function,), "function"
    for cls, _ in public_classes(module, service.calls):
        yield cls, tuple(cls.methods.values()), "class"


def _judged(
    service: Service, one: Function | Class, functions: tuple[Function, ...], kind: str
) -> Untested | Unknown | None:
    named = isinstance(one, Class) and service.reached.names(one)
    if named or service.requests.everything or any(map(service.reached.has, functions)):
        return None
    if not isinstance(one.node, FunctionDef | ClassDef):
        return None
    name, place = one.node.name, place_of(one)
    words = f"the {kind} `{name}`"
    if unread := service.reached.unread(one):
        return Unknown(f"tests of `{name}`", place, unread)
    if service.reached.is_unused(one):
        return Untested(one.module, place, name, words, unused=True)
    if why := next(filter(None, map(service.reached.doubt, functions)), ""):
        return Unknown(f"tests of `{name}`", place, why)
    behind = next(filter(None, map(service.reached.endpoints_of, functions)), ())
    return Untested(one.module, place, name, words, endpoints=behind)
