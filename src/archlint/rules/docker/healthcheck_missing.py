"""BA1013: a service of the compose stack runs on without anybody asking whether it works."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.deployment.compose_containers import healthcheck
from archlint.service.deployment.compose_stack import StackService
from archlint.service.model import Service

OFFICIAL = frozenset({
    "adminer", "alpine", "busybox", "caddy", "cassandra", "couchdb", "debian", "eclipse-mosquitto",
    "elasticsearch", "haproxy", "httpd", "influxdb", "mariadb", "memcached", "mongo", "mongo-express",
    "mysql", "nats", "nginx", "node", "phpmyadmin", "postgres", "python", "rabbitmq", "redis", "registry",
    "traefik", "ubuntu", "zookeeper",
})  # fmt: skip
"""Official images of Docker Hub, which by the rules of https://github.com/docker-library have no check."""

OTHERS = frozenset({
    "dpage/pgadmin4", "grafana/grafana", "mailhog/mailhog", "pgvector/pgvector", "postgis/postgis",
    "prom/prometheus", "valkey/valkey",
})  # fmt: skip
"""Other images whose Dockerfiles have no check."""


def check(service: Service) -> Iterator[Said]:
    """Yield each long-running service with a health check neither in compose nor in its image."""
    stack = service.deployment.stack
    for one in stack.services:
        if one.runs_once or one.is_extra or one.name in stack.finishing:
            continue
        made = healthcheck(one)
        if made is not None and made.is_off:
            yield Hit(made.location, {"service": one.name, "problem": "switches its health check off"})
        elif made is not None:
            yield Met(made.location)
        else:
            yield from _judge_image(service, one)


def _judge_image(service: Service, one: StackService) -> Iterator[Hit | Unknown | Met]:
    checks = _image_checks(service, one)
    if checks is False:
        yield Hit(one.location, {"service": one.name, "problem": "has no health check"})
    elif checks is None:
        yield Unknown(f"the health of `{one.name}`", one.location, "its image may have a check of its own")
    else:
        yield Met(one.location)


def _image_checks(service: Service, one: StackService) -> bool | None:
    """Whether the image checks itself, None when that is not known."""
    if one.builds:
        found = {service.images.has_healthcheck(build) for build in one.builds}
        return True if True in found else None if None in found else False
    return False if one.hub_name in OFFICIAL | OTHERS else None
