"""BA0001: a file of the service that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.discover import UnreadableFileError
from archlint.findings import Hit, Location, Met, Said
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each file that is not text or may not be opened, with the reason."""
    for path, unreadable in sorted(service.modules.unreadable.items()):
        yield Hit(Location(path), {"file": path, "reason": unreadable.reason})
    for one in service.deployment.too_large:
        yield Hit(one.location, {"file": one.location.file, "reason": one.why})
    for problem in (*service.project.problems, *service.deployment.compose_problems):
        path = problem.location.file
        try:
            service.repository.text(path)
        except UnreadableFileError as error:
            yield Hit(Location(path), {"file": path, "reason": error.reason})
    yield from (Met(Location(module.path)) for module in service.modules)
