"""BA1016: the app starts as soon as the database's container does, ready or not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.yaml import YamlMapping, YamlScalar, YamlSequence
from archlint.findings import Hit, Location
from archlint.service.model import Service
from archlint.service.stack import StackService

WAITS = re.compile(r"(?i)wait|pg_isready|dockerize|pre_?start|^nc$|check_db|db_ready")


def check(service: Service) -> Iterator[Hit]:
    """Yield each dependency of the app on a database without `condition: service_healthy`."""
    stack = service.deployment.stack
    databases = {one.name for one in stack.services if one.is_postgres}
    for one in stack.services:
        image = service.images.served_by(one)
        if image is None or _waits(service, image.path):
            continue
        for place, name in _early(one):
            if name in databases:
                yield Hit(place, {"service": one.name, "database": name})


def _waits(service: Service, image: str) -> bool:
    commands = service.commands.started.get(image, ())
    return any(WAITS.search(word) for command in commands for word in command.words)


def _early(service: StackService) -> Iterator[tuple[Location, str]]:
    """The dependencies that only wait for a start, as the last layer has them."""
    for value in list(service.values("depends_on"))[-1:]:
        if isinstance(value, YamlSequence):
            names = [item for item in value.items if isinstance(item, YamlScalar)]
            yield from ((item.location, item.text) for item in names)
        elif isinstance(value, YamlMapping):
            for key, entry in value.entries:
                condition = entry.text("condition") if isinstance(entry, YamlMapping) else None
                if condition in {None, "service_started"}:
                    yield key.location, key.text
