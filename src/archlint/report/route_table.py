"""Endpoints as a table for people, and as JSON for programs."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from archlint.findings import Unknown
from archlint.report.output import width
from archlint.report.safe import printable
from archlint.report.styled import Line, StyledText
from archlint.report.words import counted
from archlint.service.api.root_paths import client_version
from archlint.service.api.routes import Endpoint
from archlint.service.interpreter.machine import Condition
from archlint.service.model import Service

GAP = "  "


def table(service: Service, endpoints: Sequence[Endpoint], unknown: Sequence[Unknown]) -> Iterator[Line]:
    """A service's endpoints by version; each takes two lines where a terminal is too narrow for one."""
    yield title(service)
    several = len({id(endpoint.root.router) for endpoint in endpoints}) > 1
    rows = [_cells(endpoint, several) for endpoint in endpoints]
    sizes = [max(map(len, column)) for column in list(zip(*rows, strict=True))[:4]]
    narrow = sys.stdout.isatty() and sum(sizes) + len(GAP) * (len(sizes) + 1) > width()
    ordered = sorted(endpoints, key=lambda endpoint: client_version(endpoint) or 0)
    for version, group in groupby(ordered, key=client_version):
        yield ((f"{GAP}v{version}" if version is not None else f"{GAP}without a version", "clause"),)
        for endpoint in group:
            yield from _row(_cells(endpoint, several), sizes, narrow)
    yield from unknowns(unknown)
    yield ((f"{counted(len(endpoints), 'endpoint')}, {len(unknown)} unknown", "faint"),)


def title(service: Service) -> Line:
    """The service's headline."""
    where = f"Service {service.root}" if service.root != "." else "Service at the repository's root"
    return ((printable(where), "rule"),)


def unknowns(unknown: Iterable[Unknown]) -> Iterator[Line]:
    """What could not be resolved, with its place."""
    for one in unknown:
        yield ((f"{GAP}unknown: ", "warning"), (printable(f"{one.what}: {one.why} ({one.location})"), ""))


def methods(endpoint: Endpoint) -> str:
    """The methods as people write them."""
    return "WEBSOCKET" if endpoint.kind == "websocket" else ",".join(endpoint.methods)


def notes(endpoint: Endpoint, *, several: bool = False) -> str:
    """What is special about it, in words; of `several` apps, which one serves it."""
    found = [("deprecated", endpoint.deprecated)]
    places = (one.place.module.location(one.place.node) for one in endpoint.conditions[:1])
    found += [(printable(f"if configured so at {place.file}:{place.line}"), True) for place in places]
    found.append(("hidden", endpoint.kind == "http" and not endpoint.in_schema))
    app = printable(endpoint.root.title)
    inner = printable(endpoint.app.title)
    app = app if endpoint.app.router is endpoint.root.router else f"{inner}, mounted in {app}"
    found.append((f"app {app}", several and endpoint.root.is_served))
    found.append((f"app {app}, which no command starts", not endpoint.root.is_served))
    said = ", ".join(word for word, holds in found if holds)
    return f"({said})" if said else ""


def document(services: Iterable[tuple[Service, Sequence[Endpoint], Sequence[Unknown]]]) -> dict[str, object]:
    """All of them as one object."""
    shown = list(services)
    return {
        "routes": [_route(service, endpoint) for service, endpoints, _ in shown for endpoint in endpoints],
        "unknown": [_unknown(service, one) for service, _, unknown in shown for one in unknown],
    }


def _cells(endpoint: Endpoint, several: bool) -> tuple[str, str, str, str, str]:
    place = endpoint.handler.location
    found = (methods(endpoint), endpoint.path or "/", endpoint.handler.name, f"{place.file}:{place.line}")
    method, path, handler, where = map(printable, found)
    return method, path, handler, where, notes(endpoint, several=several)


def _row(cells: tuple[str, ...], sizes: Sequence[int], narrow: bool) -> Iterator[Line]:
    method, path, handler, where, said = cells
    after: tuple[StyledText, ...] = ((f"{GAP}{said}", "warning"),) if said else ()
    indent = GAP * 2
    first: StyledText = (f"{indent}{method.ljust(sizes[0])}{GAP}", "label")
    if narrow:
        yield (first, (path, ""), *after)
        yield ((f"{indent}{' ' * sizes[0]}{GAP}{handler.rpartition(':')[2]}{GAP}{where}", "faint"),)
        return
    last = where.ljust(sizes[3]) if said else where
    names = f"{handler.ljust(sizes[2])}{GAP}{last}"
    yield (first, (path.ljust(sizes[1]), ""), (f"{GAP}{names}", "faint"), *after)


def _route(service: Service, endpoint: Endpoint) -> dict[str, object]:
    handler = endpoint.handler
    return {
        "path": endpoint.path,
        "methods": list(endpoint.methods),
        "kind": endpoint.kind,
        "handler": handler.name,
        "file": handler.location.file,
        "line": handler.location.line,
        "async": handler.is_async,
        "tags": list(endpoint.tags),
        "response_schema": _has_schema(service, endpoint),
        "described": endpoint.described,
        "deprecated": endpoint.deprecated,
        "in_schema": endpoint.in_schema,
        "app": endpoint.app.title,
        "served": endpoint.root.is_served,
        "conditions": [_condition(condition) for condition in endpoint.conditions],
        "service": service.root,
    }


def _has_schema(service: Service, endpoint: Endpoint) -> bool:
    is_operation = endpoint.kind == "http" and endpoint.route.documented
    return is_operation and service.operations.of(endpoint).answer.has_schema


def _condition(condition: Condition) -> dict[str, object]:
    """Where the test stands that the source does not decide."""
    place = condition.place.module.location(condition.place.node)
    return {"file": place.file, "line": place.line, "why": condition.why}


def _unknown(service: Service, unknown: Unknown) -> dict[str, object]:
    place = unknown.location
    return {
        "what": unknown.what,
        "file": place.file,
        "line": place.line,
        "why": unknown.why,
        "service": service.root,
    }
