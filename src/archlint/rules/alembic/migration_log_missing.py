"""BA0311: Alembic runs in the deploy, and what it does is logged nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint import documents
from archlint.findings import Hit, Location, Met, NotApplicable, Said
from archlint.service.migrations.environments import MigrationEnvironment
from archlint.service.model import Service

LOGS = re.compile(
    rb"(?i)(?<![a-z])(log|struct_?log)(s|ging|ger|gers|uru|_?config)?(?![a-z])|(file|dict)Config"
)
SET_UP = re.compile(rb"(?<!import )\b((file|dict|basic)Config|set_?up_?logging|configure_?logging)\(")


def check(service: Service) -> Iterator[Said]:
    """Yield the env.py that configures no logging, or the settings that it configures it from in vain.

    What the service's own process runs has the service's logging, so only commands count.
    """
    if not (service.schemas.has_models or service.migrations.environments):
        yield NotApplicable("it has no models and no migrations")
    for environment in service.migrations.environments if service.upgrades.run else ():
        if environment.env is not None:
            yield from _judge(service, environment, environment.env)


def _judge(service: Service, environment: MigrationEnvironment, env: str) -> Iterator[Said]:
    text = documents.content(service.repository, env)
    if not LOGS.search(text):
        yield Hit(Location(env), {"file": env, "problem": "configures no logging"})
    elif b"fileConfig" in text and b"dictConfig" not in text and environment.settings is not None:
        ini = documents.ini(service.repository, environment.settings.file)
        if not ini.problems and ini.path.endswith(".ini") and "loggers" not in ini.sections:
            problem = "has no `[loggers]`, from which `env.py` configures logging"
            yield Hit(environment.settings, {"file": ini.path, "problem": problem})
            return
    if set_up := SET_UP.search(text):
        line = text.count(b"\n", 0, set_up.start()) + 1
        yield Met(Location(env, line, 1, line, 1))
