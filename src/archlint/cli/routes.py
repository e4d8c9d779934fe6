"""`archlint routes`: the endpoints of services as archlint resolves them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archlint.cli.notes import no_service
from archlint.cli.options import ConfigFile, NoColor, PathsArgument
from archlint.findings import ArchlintError
from archlint.paths import is_inside

if TYPE_CHECKING:
    from archlint.service.api.routes import Endpoint


def routes(  # noqa: PLR0913, PLR0917 (each is an option)
    paths: PathsArgument = None,
    format_: Annotated[
        Literal["text", "tree", "json"],
        typer.Option("--format", help="A table, a tree of routers, or JSON for programs."),
    ] = "text",
    path: Annotated[
        str | None,
        typer.Option("--path", metavar="TEXT", help="Only paths that contain TEXT, or match it, with `*`."),
    ] = None,
    method: Annotated[
        list[str] | None,
        typer.Option("--method", metavar="METHOD", help="Only these, `websocket` too.", show_default=False),
    ] = None,
    unversioned: Annotated[
        bool, typer.Option("--unversioned", help="Only paths without a prefix `/api/v<N>`.")
    ] = False,
    config: ConfigFile = None,
    no_color: NoColor = False,
) -> None:
    """List the endpoints of FastAPI services.

    archlint resolves the full path of every endpoint below each PATH (without any, in this folder) through
    routers, includes and mounts, and says what it could not resolve. Of a file or a folder of a service it
    shows what is registered or included there. `--format tree` shows which include
    gives which part of a path.

    Example: archlint routes services/shop --method post --path "/api/v1/*"
    """
    from archlint.loading import load
    from archlint.report import output
    from archlint.report.progress import progress
    from archlint.report.route_table import document, table
    from archlint.report.route_tree import tree
    from archlint.report.safe import json_text

    wanted = _filter(path, method or [], unversioned)
    with progress(no_color=no_color) as step:
        loaded = load(tuple(paths or [Path()]), config, step)
        if not loaded.services:
            raise ArchlintError(no_service(paths or ()))
        found = []
        for service in loaded.services:
            step(f"resolving the routes of {service.root}")
            lies = partial(_lies_in, loaded.targets, service.root)
            endpoints = [one for one in service.routes.endpoints if wanted(one) and lies(*_files(one))]
            unknown = tuple(one for one in service.routes.unknown if lies(one.location.file))
            found.append((service, endpoints, unknown))
    if format_ == "json":
        output.write(json_text(document(found)) + "\n")
        return
    shown = tree if format_ == "tree" else table
    lines = (line for one in found for line in shown(*one))
    output.write_lines(lines, colour=output.wants_colour(no_color))


def _lies_in(targets: tuple[str, ...], root: str, *files: str) -> bool:
    """Whether one of the files is in what was asked for, or the whole service is."""
    return any(is_inside(file, target) for file in (root, *files) for target in targets)


def _files(endpoint: Endpoint) -> Iterator[str]:
    """The files of its route, its handler, its app and its includes."""
    yield from (endpoint.location.file, endpoint.handler.location.file, endpoint.app.location.file)
    yield from (place.module.path for place in endpoint.includes)


METHODS = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT", "TRACE", "WEBSOCKET"})


def _filter(path: str | None, methods: list[str], unversioned: bool) -> Callable[[Endpoint], bool]:
    from archlint.proposals import suggestion
    from archlint.service.api.root_paths import client_version

    wanted = {method.upper() for method in methods}
    for method in wanted - METHODS:
        raise ArchlintError(f"--method `{method}` is no method{suggestion(method, METHODS)}")

    def matches(endpoint: Endpoint) -> bool:
        served = set(endpoint.methods) if endpoint.kind == "http" else {"WEBSOCKET"}
        return (
            (path is None or _fits(endpoint.path, path))
            and (not wanted or bool(served & wanted))
            and not (unversioned and client_version(endpoint) is not None)
        )

    return matches


def _fits(path: str, pattern: str) -> bool:
    """Whether the pattern, which has stars, matches the whole path, or without stars is a part of it."""
    return fnmatchcase(path, pattern) if "*" in pattern else pattern in path
