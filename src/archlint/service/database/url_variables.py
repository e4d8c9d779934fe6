"""The values that compose files and `.env` files give to the variables of a database's URL."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Container, Iterator

from msgspec import Struct

from archlint.facts.yaml import YamlMapping, YamlScalar, YamlSequence
from archlint.findings import Location
from archlint.service.configuration.dotenvs import dotenv_files
from archlint.service.database.engine_connections import scheme
from archlint.service.deployment.compose_stack import StackService
from archlint.service.deployment.dockerfiles import Deployment

_TESTS = re.compile(r"(?i)(^|[._/-])(ci|e2e|test|tests|testing)([._/-]|$)")

_OTHER_SERVERS = re.compile(
    r"rediss?|unix|sentinel|amqps?|kafka|nats|mqtts?|https?|wss?|smtps?|s3|memcached?"
)
"""What no database of the service is reached by, whatever a variable of a nested setting is called."""


class VariableAssignment(Struct, frozen=True):
    """`name` gets `value` in a file of the repository."""

    name: str
    value: str
    location: Location


def assigned(deployment: Deployment) -> Iterator[VariableAssignment]:
    """The variables of `.env` files, then of the service's containers; those for tests are left out."""
    for file in dotenv_files(deployment.repository, deployment.root):
        for variable in file.variables if not _TESTS.search(file.path) else ():
            if variable.value:
                yield VariableAssignment(variable.name, variable.value, variable.location)
    for compose in deployment.compose:
        if _TESTS.search(compose.path):
            continue
        contexts = {build.service: build.context for build in compose.builds}
        for name, service in compose.services.items():
            alone = StackService(name, service.location, (service,), ())
            is_servers = name not in contexts and alone.is_infrastructure
            is_ours = not is_servers and _is_ours(contexts.get(name), deployment.root)
            if is_ours and not _TESTS.search(name):
                yield from _environment(service)


def assigned_urls(
    deployment: Deployment, variables: Container[str]
) -> Iterator[tuple[str, VariableAssignment]]:
    """The scheme of each value that is the URL of a database, for variables by their names in lower case."""
    for one in assigned(deployment) if variables else ():
        named = scheme(one.value) if one.name.lower() in variables else None
        if named is not None and not _OTHER_SERVERS.fullmatch(named.partition("+")[0]):
            yield named, one


def _is_ours(context: str | None, root: str) -> bool:
    if context is None:
        return root == "."
    near = (context, root) if len(context) <= len(root) else (root, context)
    return near[0] == "." or posixpath.commonpath(near) == near[0]


def _environment(service: YamlMapping) -> Iterator[VariableAssignment]:
    match service.get("environment"):
        case YamlMapping(entries=entries):
            for key, value in entries:
                if isinstance(value, YamlScalar):
                    yield VariableAssignment(key.text, value.text, value.location)
        case YamlSequence(items=items):
            for item in items:
                if isinstance(item, YamlScalar) and "=" in item.text:
                    name, _, text = item.text.partition("=")
                    yield VariableAssignment(name, text, item.location)
