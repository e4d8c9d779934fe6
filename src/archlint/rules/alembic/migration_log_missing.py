"""BA0311: Alembic runs in the deploy, and what it does is logged nowhere."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint import documents
from archlint.facts.source import PythonSource
from archlint.facts.syntax import Call
from archlint.findings import Hit, Location, Met, NotApplicable, Said, Unknown
from archlint.service.migrations.environments import MigrationEnvironment
from archlint.service.model import Service
from archlint.service.semantics.called import written_names
from archlint.service.semantics.scopes import last_name

LOGS = re.compile(
    r"(?i)(?<![a-z])(log|struct_?log)(s|ging|ger|gers|uru|_?config)?(?![a-z])|(file|dict)Config"
)
SET_UP = re.compile(r"(file|dict|basic)Config|set_?up_?logging|configure_?logging")


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
    source = service.modules.facts.get(env)
    if not isinstance(source, PythonSource) or source.problems:
        yield Unknown("whether migrations are logged", Location(env), f"`{env}` cannot be read")
        return
    names = written_names(source)
    if not any(map(LOGS.search, names)):
        yield Hit(Location(env), {"file": env, "problem": "configures no logging"})
    elif "fileConfig" in names and "dictConfig" not in names and environment.settings is not None:
        ini = documents.ini(service.repository, environment.settings.file)
        if not ini.problems and ini.path.endswith(".ini") and "loggers" not in ini.sections:
            problem = "has no `[loggers]`, from which `env.py` configures logging"
            yield Hit(environment.settings, {"file": ini.path, "problem": problem})
            return
    for call in source.nodes.of(Call):
        if SET_UP.fullmatch(last_name(call.func)):
            yield Met(source.location(env, call.start, call.end))
