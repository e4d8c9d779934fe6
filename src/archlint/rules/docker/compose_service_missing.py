"""BA1012: the compose stack lacks the app, PostgreSQL or Redis."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archlint import documents
from archlint.findings import Hit, Location, Met, Said, Unknown
from archlint.service.deployment.compose_stack import NOT_THE_SERVER, StackService
from archlint.service.model import Service

INFRASTRUCTURE = re.compile(
    r"(?i)postg|pgvector|timescale|redis|valkey|rabbitmq|nginx|traefik|caddy|mysql|mariadb|mongo|memcached|adminer"
    r"|pgadmin|pgbouncer|mail(hog|pit|catcher|dev)|minio|kafka|zookeeper|elastic|opensearch|kibana|prometheus"
    r"|grafana|loki|jaeger|keycloak|vault|qdrant|localstack|otel|dozzle|^(node|busybox|alpine)$"
)

TRACES = {
    "PostgreSQL": b"postg psycopg asyncpg sqlalchemy sqlmodel tortoise database_url".split(),
    "Redis": rb"redis valkey celery \barq\b dramatiq".split(),
}
"""What a service that uses a server imports, depends on or has settings for."""


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield one hit with all that is missing, an unknown where a variable decides on an image."""
    stack = service.deployment.stack
    services = stack.all_services if stack.judged else ()
    if not services:
        return
    parts = {
        "the app": any(_may_be_app(service, one) for one in services),
        "PostgreSQL": any(one.is_postgres for one in services) or _named(services, options["postgresql"]),
        "Redis": _named(services, options["redis"]),
    }
    absent = [name for name, there in parts.items() if not there]
    if not absent and any(service.images.served_by(one) for one in services):
        yield from (Met(one.location) for one in services)
    missing = [name for name in absent if name not in TRACES or _has_trace(service, TRACES[name])]
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


def _has_trace(service: Service, traces: Sequence[bytes]) -> bool:
    """Whether an import, a setting, a literal or a URL in code, a manifest or example settings name a server.

    A file's bytes alone would not do: three letters stand in any blob of some length.
    """
    names, words = b"|".join(traces), [trace.replace(rb"\b", b"") for trace in traces]
    imported = rb"^[ \t]*(?:from|import)[ \t][^\n#]*?(?:%b)" % names
    in_code = re.compile(rb"(?im)%b|(?:%b)(?:_\w|\w{0,40}[\"']|[\w+]{0,40}://)" % (imported, names))
    in_text = re.compile(rb"(?im)^[^\n#]*?(?:%b)" % names)
    for file in service.deployment.near:
        is_text = file.endswith((".toml", ".txt", ".in")) or ".env" in file
        if not is_text and not file.endswith(".py"):
            continue
        data = documents.content(service.repository, file)
        lowered = data.lower()
        if any(word in lowered for word in words) and (in_text if is_text else in_code).search(data):
            return True
    return False


def _may_be_app(service: Service, one: StackService) -> bool:
    """Whether a service is built with the code, or has an image that is not known to be something else."""
    if one.builds:
        known = {image.path for image in service.deployment.images}
        files = set(service.repository.files)
        return any(b.dockerfile in known or (b.dockerfile not in files and not b.inline) for b in one.builds)
    return one.image is None or INFRASTRUCTURE.search(posixpath.basename(one.image[0])) is None


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
