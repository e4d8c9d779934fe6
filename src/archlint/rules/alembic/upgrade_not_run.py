"""BA0308: migrations are written, and nothing applies them."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, NotApplicable, Said, Unknown
from archlint.service.deployment.command import CommandContext
from archlint.service.model import Service
from archlint.service.semantics.modules import Role

DEPLOYING = frozenset({CommandContext.BUILD, CommandContext.START, CommandContext.CI})


def check(service: Service) -> Iterator[Said]:
    """Yield a hit when the service is deployed from here and nothing runs `alembic upgrade`."""
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    yield from map(Met, _on_deploy(service))
    environments = [environment for environment in service.migrations.environments if environment.env]
    if not environments or service.upgrades.anywhere:
        return
    place = environments[0].settings or service.anchor
    deploys = any(not command.is_trial for command in service.commands if command.context in DEPLOYING)
    if service.commands.unread:
        yield Unknown("how the migrations are applied", place, "a script that may do so cannot be read")
    elif service.deployment.images and all(map(service.images.is_left_open, service.deployment.images)):
        yield Unknown("how the migrations are applied", place, "the image gets its command from elsewhere")
    elif service.deployment.images or service.deployment.compose or deploys:
        yield Hit(place, {"service": service.project.label})
    else:
        yield Unknown("how the migrations are applied", place, "nothing here deploys the service")


def _on_deploy(service: Service) -> Iterator[Location]:
    """Where a container that starts, or the service itself, applies the migrations."""
    yield from (
        command.location for command in service.upgrades.run if command.context is CommandContext.START
    )
    for module, call in service.upgrades.in_code:
        if module.role is Role.RUNTIME:
            yield module.location(call)
