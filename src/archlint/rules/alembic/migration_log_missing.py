"""BA0311: Alembic runs in the deploy, and what it does is logged nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.ini import IniFile, read_ini
from archlint.findings import Hit, Location
from archlint.service.migrations.environments import Environment
from archlint.service.model import Service

LOGS = re.compile(
    rb"(?i)(?<![a-z])(log|struct_?log)(s|ging|ger|gers|uru|_?config)?(?![a-z])|(file|dict)Config"
)


def check(service: Service) -> Iterator[Hit]:
    """Yield the env.py that configures no logging, or the settings that it configures it from in vain.

    What the service's own process runs has the service's logging, so only commands count.
    """
    for environment in service.migrations.environments if service.upgrades.run else ():
        if environment.env is not None:
            yield from _judge(service, environment, environment.env)


def _judge(service: Service, environment: Environment, env: str) -> Iterator[Hit]:
    text = service.deployment.data(env)
    if not LOGS.search(text):
        yield Hit(Location(env), {"file": env, "problem": "configures no logging"})
    elif b"fileConfig" in text and b"dictConfig" not in text and environment.settings is not None:
        ini = read_ini(environment.settings.file, service.deployment.data(environment.settings.file))
        if isinstance(ini, IniFile) and ini.path.endswith(".ini") and "loggers" not in ini.sections:
            problem = "has no `[loggers]`, from which `env.py` configures logging"
            yield Hit(environment.settings, {"file": ini.path, "problem": problem})
