"""BA0001: a file of the service that cannot be read."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.discover import UnreadableFileError
from archlint.findings import Hit, Location, Met, Said, Unknown
from archlint.service.model import Service
from archlint.service.semantics.modules import Role


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
    for module in service.modules:
        yield Met(Location(module.path))
        if module.role is Role.UNUSED:
            why = "nothing imports or starts it, so it is not judged as code of the running service"
            yield Unknown(f"what `{module.path}` is for", Location(module.path), why)
