"""BA1012: the compose stack lacks the app, PostgreSQL or Redis."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archlint.findings import Hit, Location, Met, Said, Unknown
from archlint.service.deployment.compose_stack import NOT_THE_SERVER, StackService
from archlint.service.deployment.server_traces import POSTGRESQL, REDIS, has_trace, is_spoken_to
from archlint.service.model import Service

TRACES = {"PostgreSQL": POSTGRESQL, "Redis": REDIS}
"""What a service that uses a server imports, depends on or has settings for."""


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield one hit with all that is missing, an unknown where a variable decides on an image."""
    stack = service.deployment.stack
    services = stack.all_services if stack.judged else ()
    if not services:
        return
    open_ones = [one for one in services if not one.is_infrastructure]
    parts = {
        "the app": any(_may_be_app(service, one) for one in services),
        "PostgreSQL": any(one.is_postgres for one in services)
        or _named(services, options["postgresql"])
        or is_spoken_to(services, r"postgres(ql)?(\+\w+)?", open_ones),
        "Redis": _named(services, options["redis"]) or is_spoken_to(services, "rediss?", open_ones),
    }
    absent = [name for name, there in parts.items() if not there]
    if not absent and any(service.images.served_by(one) for one in services):
        yield from (Met(one.location) for one in services)
    missing = [name for name in absent if name not in TRACES or has_trace(service.deployment, TRACES[name])]
    unresolved = next((one for one in services if one.is_open), None)
    if absent and unresolved is not None:
        yield Unknown("the compose stack", unresolved.location, "a variable decides which image this is")
    elif missing:
        first = next((file for file in stack.judged if file.services), stack.judged[0])
        key = first.file.mapping.key("services") if first.file.mapping else None
        place = key.location if key else Location(first.path)
        yield Hit(place, {"file": first.path, "missing": _listed(missing)})
    for name in absent if not missing and unresolved is None else ():
        yield Unknown(f"{name} in the compose stack", services[0].location, "nothing here uses it")


def _may_be_app(service: Service, one: StackService) -> bool:
    """Whether a service is built with the code, or has an image that is not known to be something else."""
    if one.builds:
        known = {image.path for image in service.deployment.images}
        return any(
            build.dockerfile in known
            or not (build.inline or (build.dockerfile and service.repository.has(build.dockerfile)))
            for build in one.builds
        )
    return not one.is_infrastructure


def _named(services: Sequence[StackService], names: Sequence[str]) -> bool:
    """Whether an image, or what builds or starts a service, goes by one of the names."""
    pattern = re.compile(rf"({'|'.join(map(re.escape, names))})($|[-_.\d])") if names else None
    images = [name for one in services for name in one.kinds]
    started = [
        posixpath.basename(text.split()[0]) for one in services for text in one.texts("command")[:1] if text
    ]
    return any(
        pattern is not None and pattern.match(name) and not NOT_THE_SERVER.search(name)
        for name in images + started
    )


def _listed(names: Sequence[str]) -> str:
    *firsts, last = names
    return f"{', '.join(firsts)} and {last}" if firsts else last
