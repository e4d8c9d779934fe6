"""BA0909: no test reaches an operation of the crud layer, neither directly nor through an endpoint."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlint.findings import Met, Said, Unknown
from archlint.service.api.routes import Endpoint
from archlint.service.calls.functions import Class, Function
from archlint.service.model import Service
from archlint.service.testing.expected_targets import library_base, public_classes, public_functions
from archlint.service.testing.untested import Untested, by_name_alone, name_of, place_of, untested_hits

_REMEDY = "Test it against a database, or test an endpoint that uses it"


def check(service: Service) -> Iterator[Said]:
    """Yield each operation that the tests come by nowhere, with the endpoints that use it."""
    if not service.suite.tests or service.requests.everything:
        return
    doubtful: list[Function] = []
    for module in service.layers.modules("crud"):
        classes = list(public_classes(module, service.calls))
        functions = list(public_functions(module, service.calls))
        operations = [*functions, *(method for _, members in classes for method in members)]
        judged = [answer for one in functions if (answer := _judged(service, one))]
        judged += (answer for cls, members in classes for answer in _of_class(service, cls, members))
        yield from (one for one in judged if isinstance(one, Unknown))
        proven = [one for one in operations if service.reached.is_proven(one)]
        yield from (Met(one.location) for one in proven)
        doubtful += [one for one in operations if service.reached.has(one)]
        found = [one for one in judged if isinstance(one, Untested)]
        yield from untested_hits(found, _REMEDY, service.project.is_library)
    yield from by_name_alone([one for one in doubtful if not service.reached.is_proven(one)])


def _of_class(service: Service, cls: Class, methods: Sequence[Function]) -> Iterator[Untested | Unknown]:
    """What is to say of each operation, or once of the class, of which all is to be said of."""
    judged = [_judged(service, one) for one in methods]
    untested = [one for one in judged if isinstance(one, Untested)]
    doubts = [one for one in judged if isinstance(one, Unknown)]
    name = name_of(cls)
    if len(doubts) == len(methods) > 1 and len({one.why for one in doubts}) == 1:
        yield Unknown(f"tests of `{name}`", place_of(cls), doubts[0].why)
    elif len(untested) == len(methods) > 1 and len({one.unused for one in untested}) == 1:
        endpoints = tuple(dict.fromkeys(endpoint for one in untested for endpoint in one.endpoints))
        words = f"the class `{name}`, which has {len(methods)} operations"
        yield Untested(cls.module, place_of(cls), name, words, untested[0].unused, endpoints)
    else:
        yield from filter(None, judged)


def _judged(service: Service, function: Function) -> Untested | Unknown | None:
    if service.reached.has(function) or function.node is None:
        return None
    unused = service.reached.is_unused(function)
    if (base := library_base(function)) and not service.reached.callers_of(function):
        why = f"its class derives from `{base}` of a library, which may call it"
        return Unknown(f"tests of `{function.short_name}`", function.location, why)
    if why := service.reached.unread(function) or ("" if unused else service.reached.doubt(function)):
        return Unknown(f"tests of `{function.short_name}`", function.location, why)
    endpoints = () if unused else service.reached.endpoints_of(function)
    ways = _unused_users(service, function) if unused else _through(service, function, endpoints)
    name = function.short_name
    return Untested(function.module, function.location, name, f"`{name}`{ways}", unused, endpoints)


def _unused_users(service: Service, function: Function) -> str:
    user = next((one.outermost for one in service.reached.callers_of(function)), None)
    return f" but `{user.short_name}`, which nothing uses either" if user else ""


def _through(service: Service, function: Function, endpoints: Sequence[Endpoint]) -> str:
    if not endpoints:
        is_told = service.reached.is_kept(function) or not service.routes.endpoints
        return "" if is_told else ", and no endpoint uses it"
    shown = f"`{'/'.join(endpoints[0].methods)} {endpoints[0].path}`"
    more = f" and {len(endpoints) - 1} more" if len(endpoints) > 1 else ""
    return f", nor through {shown}{more}, untested too"
