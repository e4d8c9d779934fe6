"""BA0703: a secret that everyone who has the source has."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, Said, Severity
from archlint.service.configuration.code_secrets import CodeSecrets
from archlint.service.configuration.command_secrets import secrets_in_commands
from archlint.service.configuration.literal_secrets import LiteralSecret, secrets_in_deployment
from archlint.service.configuration.secrets import SecretVerdict
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each literal that is a secret, and as a warning each dummy that stands in for one."""
    found_in = CodeSecrets(service.symbols, service.classes)
    for module in service.modules:
        hits = [_hit(found) for found in found_in.of(module)]
        yield from hits
        if not hits and not module.source.problems:
            yield Met(Location(module.path))
    holding = set()
    for found in (*secrets_in_deployment(service.deployment), *secrets_in_commands(service.commands)):
        holding.add(found.location.file)
        yield _hit(found)
    files = {one.path for one in service.deployment.images} | {one.path for one in service.deployment.compose}
    yield from (Met(Location(path)) for path in sorted(files - holding))


def _hit(found: LiteralSecret) -> Hit:
    is_dummy = found.verdict is SecretVerdict.DUMMY
    what = f"`{found.name}`" if found.name else "This text"
    fields = {
        "what": what,
        "kind": "a dummy in place of a secret" if is_dummy else "a secret",
        "value": found.shown,
    }
    return Hit(found.location, fields, severity=Severity.WARNING if is_dummy else None)
