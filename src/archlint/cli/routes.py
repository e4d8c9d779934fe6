"""`archlint routes`: the endpoints of services as archlint resolves them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from archlint.findings import Unknown
    from archlint.report.styled import Line
    from archlint.service.model import Service
    from archlint.service.routes import Endpoint


def routes(
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]...", help="Folders or files.", show_default=False),
    ] = None,
    format_: Annotated[
        Literal["text", "json"], typer.Option("--format", help="A table, or JSON for programs.")
    ] = "text",
    config: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Take the configuration of every service from this file."),
    ] = None,
    no_color: Annotated[
        bool, typer.Option("--no-color", help="Write without colours, as with NO_COLOR=1.")
    ] = False,
) -> None:
    """List the endpoints of FastAPI services.

    archlint resolves the full path of every endpoint below each PATH (without any, in this folder) through
    routers, includes and mounts, and says what it could not resolve.

    Example: archlint routes services/shop --format json
    """
    from archlint.engine import load
    from archlint.report import output
    from archlint.report.progress import progress

    with progress(no_color=no_color) as step:
        services = load(tuple(paths or [Path()]), config, step).services
        for service in services:
            step(f"resolving the routes of {service.root}")
            _ = service.routes
    if format_ == "json":
        output.write(json.dumps(_document(services), indent=2) + "\n")
    else:
        lines = (line for service in services for line in _table(service))
        output.write_lines(lines, colour=output.wants_colour(no_color))


def _document(services: tuple[Service, ...]) -> dict[str, object]:
    return {
        "routes": [
            _route(service, endpoint) for service in services for endpoint in service.routes.endpoints
        ],
        "unknown": [_unknown(service, unknown) for service in services for unknown in service.routes.unknown],
    }


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
        "response_schema": endpoint.response_schema,
        "described": endpoint.described,
        "deprecated": endpoint.deprecated,
        "in_schema": endpoint.in_schema,
        "service": service.root,
    }


def _unknown(service: Service, unknown: Unknown) -> dict[str, object]:
    place = unknown.location
    return {
        "what": unknown.what,
        "file": place.file,
        "line": place.line,
        "why": unknown.why,
        "service": service.root,
    }


def _table(service: Service) -> Iterator[Line]:
    yield (
        (f"Service {service.root}" if service.root != "." else "Service at the repository's root", "rule"),
    )
    rows = [_row(endpoint) for endpoint in service.routes.endpoints]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        methods, path, handler, place = (cell.ljust(size) for cell, size in zip(row, widths, strict=True))
        yield (
            (f"  {methods}  ", "label"),
            (f"{path}  ", ""),
            (f"{handler}  ", "faint"),
            (place.rstrip(), "faint"),
        )
    for unknown in service.routes.unknown:
        yield (("  unknown: ", "warning"), (f"{unknown.what}: {unknown.why} ({unknown.location})", ""))
    counts = f"{len(rows)} endpoint{'' if len(rows) == 1 else 's'}, {len(service.routes.unknown)} unknown"
    yield ((counts, "faint"),)


def _row(endpoint: Endpoint) -> tuple[str, str, str, str]:
    methods = "WEBSOCKET" if endpoint.kind == "websocket" else ",".join(endpoint.methods)
    place = endpoint.handler.location
    return methods, endpoint.path, endpoint.handler.name, f"{place.file}:{place.line}"
