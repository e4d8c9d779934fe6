"""BA1013: a service of the compose stack runs on without anybody asking whether it works."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator

from archlint.facts.yaml import YamlMapping, YamlScalar, YamlSequence
from archlint.findings import Hit
from archlint.service.model import Service
from archlint.service.stack import StackService

WITHOUT = frozenset({
    "mariadb", "memcached", "mongo", "mysql", "nginx", "pgvector", "postgis", "postgres", "rabbitmq", "redis",
    "traefik", "valkey",
})  # fmt: skip


def check(service: Service) -> Iterator[Hit]:
    """Yield each long-running service with a health check neither in compose nor in its image."""
    stack = service.deployment.stack
    finishing = stack.finishing()
    for one in stack.services:
        if one.runs_once or one.name in finishing or _checked(one):
            continue
        if _image_has_none(service, one):
            yield Hit(one.location, {"service": one.name})


def _checked(service: StackService) -> bool:
    """Whether compose says how to check; `disable: true` and `NONE` say the opposite."""
    checks = [value for value in service.values("healthcheck") if isinstance(value, YamlMapping)]
    if not checks:
        return False
    test = checks[-1].get("test")
    words = test.items if isinstance(test, YamlSequence) else [test]
    none = any(isinstance(word, YamlScalar) and word.text == "NONE" for word in words)
    return not none and checks[-1].text("disable") != "true"


def _image_has_none(service: Service, one: StackService) -> bool:
    if any(isinstance(v, YamlMapping) for v in one.values("healthcheck")):
        return True
    if one.builds:
        found = [service.images.has_healthcheck(build) for build in one.builds]
        return all(answer is False for answer in found)
    return one.image is not None and posixpath.basename(one.image[0]) in WITHOUT
