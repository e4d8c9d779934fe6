"""BA0703: a secret that everyone who has the source has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from archlint.findings import Hit, Location, Met, Said, Severity
from archlint.service.configuration.code_secrets import CodeSecrets
from archlint.service.configuration.command_secrets import secrets_in_commands
from archlint.service.configuration.file_secrets import secrets_in_files
from archlint.service.configuration.literal_secrets import LiteralSecret, secrets_in_deployment
from archlint.service.configuration.secrets import SecretVerdict
from archlint.service.model import Service

_SHOWN = 4
"""So many further names at one place are told."""


def check(service: Service) -> Iterator[Said]:
    """Yield each literal that is a secret, and as a warning each dummy that stands in for one."""
    holding = set()
    together: dict[tuple[Location, SecretVerdict], list[LiteralSecret]] = {}
    for found in _secrets(service):
        holding.add(found.location.file)
        together.setdefault((found.location, found.verdict), []).append(found)
    for group in together.values():
        yield _hit(group)
    code = [one.path for one in service.modules if not one.source.problems]
    files = {one.path for one in service.deployment.images} | {one.path for one in service.deployment.compose}
    yield from (Met(Location(path)) for path in (*code, *sorted(files)) if path not in holding)


def _secrets(service: Service) -> Iterator[LiteralSecret]:
    yield from CodeSecrets(service.symbols, service.classes).of(service.modules)
    yield from secrets_in_deployment(service.deployment)
    yield from secrets_in_files(service.deployment)
    yield from secrets_in_commands((*service.commands, *service.commands.assigning))


def _hit(group: Sequence[LiteralSecret]) -> Hit:
    """One for all that stand at one place, as those of an `ENV`."""
    first, *others = group
    is_dummy = first.verdict is SecretVerdict.DUMMY
    what = f"`{first.name}`" if first.name else "This text"
    names = [f"`{one.name}`" for one in others if one.name]
    more = [f"{len(names) - _SHOWN} more"] if len(names) > _SHOWN else []
    fields = {
        "what": what,
        "kind": "a dummy in place of a secret" if is_dummy else "a secret",
        "value": first.shown,
        "also": f", and so do {' and '.join([', '.join(names[:_SHOWN]), *more])}" if names else "",
    }
    return Hit(first.location, fields, severity=Severity.WARNING if is_dummy else None)
