"""BA1012: the compose stack lacks the app, PostgreSQL or Redis."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from archlint.findings import Hit, Location, Unknown
from archlint.service.model import Service
from archlint.service.stack import StackService

INFRASTRUCTURE = re.compile(
    r"(?i)postg|pgvector|redis|valkey|rabbitmq|nginx|traefik|caddy|mysql|mariadb|mongo|memcached|adminer|pgadmin"
    r"|mail(hog|pit|catcher|dev)|minio|kafka|zookeeper|elastic|kibana|prometheus|grafana|jaeger|keycloak|vault"
)


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Hit | Unknown]:
    """Yield one hit with all that is missing, an unknown where a variable decides on an image."""
    files, services = service.deployment.stack.judged, service.deployment.stack.all_services
    if not services:
        return
    parts = {
        "the app": any(_may_be_app(one) for one in services),
        "PostgreSQL": any(one.is_postgres for one in services) or _named(services, options["postgresql"]),
        "Redis": _named(services, options["redis"]),
    }
    missing = [name for name, there in parts.items() if not there]
    unresolved = next((one for one in services if one.is_open), None)
    if missing and unresolved is not None:
        yield Unknown("the compose stack", unresolved.location, "a variable decides which image this is")
    elif missing:
        first = files[0].file.mapping
        key = first.key("services") if first else None
        place = key.location if key else Location(files[0].path)
        yield Hit(place, {"file": files[0].path, "missing": ", ".join(missing)})


def _may_be_app(service: StackService) -> bool:
    """Whether a service is built here, or has an image that is not known to be something else."""
    if service.builds or service.image is None:
        return True
    return INFRASTRUCTURE.search(service.image[0]) is None


def _named(services: Sequence[StackService], names: Sequence[str]) -> bool:
    images = [posixpath.basename(one.image[0]) for one in services if one.image]
    built = [one.name for one in services if one.builds]
    return any(re.match(rf"{re.escape(name)}($|[-_.])", image) for name in names for image in images + built)
