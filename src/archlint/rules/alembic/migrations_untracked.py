"""BA0304: revisions that are not in version control."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, NotApplicable, Said
from archlint.service.migrations.environments import MigrationEnvironment
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield the line that ignores revisions, each revision that nobody added, a folder without any."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    for environment in service.migrations.environments:
        if environment.env is not None:
            yield from _judge(service, environment)


def _judge(service: Service, environment: MigrationEnvironment) -> Iterator[Said]:
    repository = service.repository
    ignored = service.migrations.ignored(environment)
    if ignored is not None:
        folder, line = ignored
        yield Hit(line, {"what": f"`{folder}`", "problem": "is ignored by git"})
        return
    tracked = repository.tracked
    for revision in environment.revisions if tracked is not None else ():
        if tracked and revision.file in tracked:
            yield Met(Location(revision.file))
        else:
            fields = {"what": f"The revision `{revision.file}`", "problem": "is not tracked by git"}
            yield Hit(Location(revision.file), fields)
    if (
        environment.versions
        and not environment.revisions
        and not environment.unknown
        and _has_models(service)
    ):
        place = environment.settings or Location(environment.env or environment.folder)
        yield Hit(place, {"what": f"`{environment.versions[0]}`", "problem": "holds no revision"})


def _has_models(service: Service) -> bool:
    symbols = (
        service.symbols.resolve(module, name)
        for module in service.modules.runtime
        for name in service.symbols.namespace(module).names
    )
    return any(service.classes.is_mapped(symbol) for symbol in symbols)
