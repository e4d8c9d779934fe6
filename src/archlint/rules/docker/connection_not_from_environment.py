"""BA1015: compose hands the app no connection to the database or Redis beside it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.configuration.container_environment import POSTGRESQL, REDIS, ServerKind
from archlint.service.configuration.settings import Setting
from archlint.service.deployment.compose_stack import StackService
from archlint.service.deployment.dockerfiles import Image
from archlint.service.model import Service

_ADDRESS = re.compile(r"(^|_)(URL|URI|DSN|HOST|SERVER|ADDR|ADDRESS)(_|$)")
"""What the name of a variable says that tells where a server is, rather than how it is used."""


def check(service: Service) -> Iterator[Said]:
    """Yield each app that gets neither variables, nor an env file, nor secrets, or none that it reads."""
    for one in service.deployment.stack.services:
        image = None if one.is_extra else service.images.served_by(one)
        if image is None:
            continue
        given = service.connections.given(one, image, service.commands.started.get(image.path, ()))
        for kind in (POSTGRESQL, REDIS) if given is not None else ():
            yield from _judge(service, one, kind, given or {}, image)


def _judge(
    service: Service, one: StackService, kind: ServerKind, given: Mapping[str, str | None], image: Image
) -> Iterator[Hit | Unknown | Met]:
    servers = [other for other in service.deployment.stack.services if other.is_kind(kind.servers)]
    expected = service.connections.expected(kind)
    wants = bool(expected) if kind is REDIS else bool(expected or service.databases.libraries)
    if not servers or expected is None or not wants or not _reads(service, one, kind, expected, image):
        return
    if any(field.is_set_by(given) for field in expected):
        yield Met(one.location)
        return
    related = sorted(name for name in given if _speaks_of(kind, servers, name, given[name]))
    if any(service.connections.reads(name) for name in related):
        return
    if service.connections.may_read_file(image):
        yield Unknown(f"the variables of `{one.name}`", one.location, "the image may hold an env file")
    elif not expected and related:
        yield Unknown(f"the variables of `{one.name}`", one.location, "what reads them is not clear")
    else:
        example = _example(service, kind, expected)
        problem = f"and reads no `{related[0]}`" if related else f"by a variable such as `{example}`"
        yield Hit(one.location, {"service": one.name, "server": kind.label, "problem": problem})


def _reads(
    service: Service, one: StackService, kind: ServerKind, expected: tuple[Setting, ...], image: Image
) -> bool:
    """Whether the container may have code that asks for the server, which another service's may be."""
    files = {field.module.path for field in expected}
    reads = (read for read in service.environment_reads if kind.variables.search(read.variable or ""))
    files = files or {read.module.path for read in reads}
    return not files or any(service.connections.may_hold(one, image, file) for file in files)


def _speaks_of(kind: ServerKind, servers: list[StackService], name: str, value: str | None) -> bool:
    hosts = "|".join(re.escape(server.name) for server in servers)
    return (
        kind.variables.search(name) is not None or re.search(rf"(^|[@/])({hosts})\b", value or "") is not None
    )


def _example(service: Service, kind: ServerKind, expected: tuple[Setting, ...]) -> str:
    """A variable for the server that the settings read, else one that code reads, else the usual one."""
    names = {name.upper() for field in expected for name in field.environment}
    read = {one.variable for one in service.environment_reads if one.variable}
    found = names or {name for name in read if kind.variables.search(name)} or {"DATABASE_URL"}
    return min(found, key=lambda name: (_ADDRESS.search(name) is None, name))
