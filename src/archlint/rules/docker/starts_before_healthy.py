"""BA1016: the app starts as soon as the database's container does, ready or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from archlint.findings import Hit, Met, NotApplicable, Said
from archlint.service.deployment.compose_containers import dependencies
from archlint.service.deployment.compose_stack import StackService
from archlint.service.deployment.postgres_images import is_server
from archlint.service.model import Service

WAITS = re.compile(r"(?i)wait|pg_isready|dockerize|pre_?start|^nc$|/dev/tcp|check_db|db_ready")

AFTER_HEALTH = frozenset({"service_healthy", "service_completed_successfully"})


def check(service: Service) -> Iterator[Said]:
    """Yield each dependency of the app on a database without `condition: service_healthy`."""
    stack = service.deployment.stack
    by_name = {one.name: one for one in stack.services}
    judged = False
    for one in stack.services:
        image = service.images.served_by(one)
        if image is None or one.is_extra or _waits(service, image.path):
            continue
        for dependency in dependencies(one):
            database = by_name.get(dependency.name)
            if database is None or not is_server(database, stack):
                continue
            judged = True
            if _awaits(by_name, one, database.name):
                yield Met(dependency.location)
            else:
                yield Hit(dependency.location, {"service": one.name, "database": dependency.name})
    if stack.judged and not judged:
        yield NotApplicable("no app of the compose files depends on a PostgreSQL without waiting for it")


def _waits(service: Service, image: str) -> bool:
    """Whether what the container runs first waits by itself."""
    commands = service.commands.started.get(image, ())
    return any(WAITS.search(word) for command in commands for word in command.words)


def _awaits(
    stack: Mapping[str, StackService], one: StackService, database: str, seen: frozenset[str] = frozenset()
) -> bool:
    """Whether a service starts only when the database is healthy, or after another that did."""
    strict = {d.name for d in dependencies(one) if d.condition in AFTER_HEALTH}
    before = [stack[name] for name in sorted(strict - seen) if name in stack]
    return database in strict or any(_awaits(stack, other, database, seen | strict) for other in before)
