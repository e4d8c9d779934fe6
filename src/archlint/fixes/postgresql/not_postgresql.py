"""BA0202: asyncpg in a URL of PostgreSQL that asynchronous engines read."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.syntax import Assign, Name
from archlint.findings import Finding, Location
from archlint.fixes.edits import Edit, Plan
from archlint.fixes.texts import TextFile
from archlint.service.database.engine_connections import DRIVER, Connection
from archlint.service.database.url_variables import assigned_urls
from archlint.service.model import Service
from archlint.service.packaging.runtime_dependencies import Provision, provision

WHY_SHARED = "what else reads the URL, as migrations may, gets the asynchronous driver, too"
WHY_MISSING = "asyncpg is no dependency of the service yet"
WHY_OTHER = "psycopg serves asynchronous engines as well, and raises other errors"
_NAMED = re.compile(r"names `(postgres(?:ql)?(?:\+(?:psycopg2?|psycopg2cffi|pg8000))?)`$")


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where its scheme is written as one, and nothing after it is an argument of the old driver's."""
    named = _NAMED.search(finding.message)
    readers = list(_readers(service, finding.location))
    if named is None or not readers or not all(reader.engine.is_async for reader in readers):
        return None
    for place in (finding.location, *_constants(service, readers)):
        if edit := _with_driver(service, place, named[1]):
            is_engines = place.file == finding.location.file and place == readers[0].location
            return Plan(((place.file, edit),), "; ".join(_doubts(service, named[1], shared=not is_engines)))
    return None


def _readers(service: Service, place: Location) -> Iterator[Connection]:
    """The engines whose URL is made, or may be taken from, there."""
    for connection in service.databases.connections:
        settings = (service.databases.setting(target.source) for target in connection.targets)
        variables = service.databases.variables(connection.engine)
        written = (one.location for _, one in assigned_urls(service.deployment, variables))
        defaults = (setting.location for setting in settings if setting is not None)
        if place in {connection.location, *defaults, *written}:
            yield connection


def _constants(service: Service, readers: list[Connection]) -> Iterator[Location]:
    """Where the URL is assigned that an engine takes by its name."""
    for engine in (reader.engine for reader in readers):
        if isinstance(engine.url, Name):
            found = service.symbols.resolve(engine.module, engine.url, engine.scope)
            if found.module is not None and isinstance(found.node, Assign):
                yield found.module.location(found.node)


def _with_driver(service: Service, place: Location, scheme: str) -> Edit | None:
    """The edit of the only scheme that is written there, of a URL or as an argument by itself."""
    file = TextFile.of(service.repository, place.file)
    lines = range(place.line, place.end_line + 1) if file is not None else ()
    written = re.compile(rf"(?<![\w+]){re.escape(scheme)}(?=://|[\"'])(?![^\s\"']*\?)")
    found = [(line, one.start() + 1) for line in lines if file for one in written.finditer(file.line(line))]
    if file is None or len(found) != 1:
        return None
    return file.replacing(*found[0], scheme, DRIVER)


def _doubts(service: Service, scheme: str, *, shared: bool) -> Iterator[str]:
    """Why somebody should look; nothing where the engine could not be made before, and can be now."""
    if shared:
        yield WHY_SHARED
    if scheme.endswith("+psycopg"):
        yield WHY_OTHER
    if provision(service.versions, "asyncpg") is not Provision.RUNTIME:
        yield WHY_MISSING
