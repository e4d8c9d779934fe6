"""Endpoints put together by the include, the mount or the app that serves them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from archlint.facts.syntax import Call
from archlint.facts.traversal import dotted
from archlint.findings import Link, Location
from archlint.service.api.routes import Endpoint
from archlint.service.interpreter.values import Origin

_VERSION = re.compile(r"/v\d+(?=/|$)")
_NEWEST = re.compile(r"^(/api)?/(current|latest|stable)(?=/|$)")
"""Names under which the newest version is served besides."""


def without_aliases(endpoints: Iterable[Endpoint]) -> Iterator[Endpoint]:
    """One of each operation's spellings: no hidden copy of a shown one, no twin with a slash or `/latest`."""
    operations = [(endpoint, _operation(endpoint)) for endpoint in endpoints]
    versioned = {operation for endpoint, operation in operations if _VERSION.search(endpoint.path)}
    shown = {operation for endpoint, operation in operations if endpoint.in_schema}
    seen: set[tuple[object, str]] = set()
    for endpoint, operation in operations:
        if operation in versioned and _NEWEST.search(endpoint.path):
            continue
        spelling = (operation, endpoint.path.rstrip("/"))
        if spelling not in seen and (endpoint.in_schema or operation not in shown):
            seen.add(spelling)
            yield endpoint


def _operation(endpoint: Endpoint) -> tuple[object, ...]:
    return id(endpoint.root), id(endpoint.handler.definition), endpoint.kind, endpoint.methods


def by_include(
    endpoints: Iterable[Endpoint], has: Callable[[Endpoint], bool]
) -> Iterator[tuple[Origin, list[Endpoint]]]:
    """The endpoints that have not what `has` tells of, by the place that could give it to all of them.

    That is the outermost include or mount under which no endpoint has it; the innermost one where each has
    such an endpoint, and the app's own call where there is none.
    """
    lacking = []
    having: set[tuple[str, int]] = set()
    for endpoint in endpoints:
        if has(endpoint):
            having.update(map(_key, endpoint.includes))
        else:
            lacking.append(endpoint)
    groups: dict[tuple[str, int], tuple[Origin, list[Endpoint]]] = {}
    for endpoint in lacking:
        without = (place for place in endpoint.includes if _key(place) not in having)
        innermost = endpoint.includes[-1] if endpoint.includes else endpoint.root.router.place
        place = next(without, innermost)
        groups.setdefault(_key(place), (place, []))[1].append(endpoint)
    yield from groups.values()


def parts(lacking: Iterable[Endpoint], having: Iterable[Endpoint], said: str) -> Callable[[Endpoint], Link]:
    """What to call the part of the API that an endpoint which lacks something is in.

    That is the outermost include or mount of several modules' endpoints below which all lack it, else the
    endpoint's own module; `said` says what "endpoints of `router`" are.
    """
    reached = {_key(place) for endpoint in having for place in endpoint.includes}
    homes: dict[tuple[str, int], set[str]] = {}
    for endpoint in lacking:
        for place in endpoint.includes:
            homes.setdefault(_key(place), set()).add(endpoint.handler.module.path)

    def part(endpoint: Endpoint) -> Link:
        for place in endpoint.includes:
            if _key(place) not in reached and len(homes.get(_key(place), ())) > 1:
                return Link(place.module.location(place.node), f"endpoints of {included(place)} {said}")
        module = endpoint.handler.module
        return Link(Location(module.path), f"endpoints of `{module.name}` {said}")

    return part


def _key(place: Origin) -> tuple[str, int]:
    return place.module.path, place.node.start


def gives_prefix(place: Origin) -> bool:
    """Whether an include or mount, or what makes the app or router, says under which prefix that is."""
    keywords = place.node.keywords if isinstance(place.node, Call) else ()
    return any(keyword.name in {"path", "prefix"} for keyword in keywords)


def included(place: Origin) -> str:
    """The router or app that an include or mount is about; what is registered on the app has none yet."""
    given = place.node.args if isinstance(place.node, Call) else ()
    named = place.node.keywords if isinstance(place.node, Call) else ()
    routers = [*given[-1:], *(keyword.value for keyword in named if keyword.name in {"router", "app"})]
    names = [name for name in map(dotted, routers) if name]
    return f"`{names[0]}`" if names else "it, by a router,"
