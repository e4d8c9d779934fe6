"""BA0705: settings that are the same wherever the service runs."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.configuration.settings import SettingsClass
from archlint.service.model import Service

_WORDS = (
    r"(.*_)?(env|environment|production|is_?prod|stage|staging|app_?mode|run_?mode|deployment)(_.*)?"
    r"|((active|app|config|deploy|env|run|service|settings)_?)?(profile|tier)"
)
_READ = re.compile(rf"(?i){_WORDS}")
_FIELD = re.compile(
    rf"(?i){_WORDS}|(is_|in_|on_)?(dev|development|local|preview|prod|pull_request)(_mode|_env)?"
    r"|mode|render|codespaces"
)
"""A field of this name is there to be asked; a read of such a variable may be for anything."""
_CERTAIN = re.compile(
    r"(?i)((app|api|service|deploy|run|server)_?)?(env|environment|is_?prod(uction)?|run_?mode)"
)
_SUBCLASS = re.compile(r"(?i).*(dev|prod|stag|test|local).*")


def check(service: Service) -> Iterator[Said]:
    """Yield a hit at the widest settings class of a service that knows no environments."""
    classes = service.settings.classes
    yield from (
        Met(field.location) for one in classes for field in one.all_fields if _CERTAIN.fullmatch(field.name)
    )
    known = any(map(_knows, classes)) or any(map(_knows, service.settings.of_libraries))
    if not classes or not service.routes.apps or known or _reads_environment(service):
        return
    unclear = service.settings.unclear
    if any(_FIELD.fullmatch(name) for one in unclear for name in one.names):
        return
    for one in unclear[:1]:
        name = one.symbol.qualified.rpartition(".")[2]
        yield Unknown(f"the fields of `{name}`", one.location, f"what `{one.base}` brings is not known")
        return
    if (keeping := next((found for found in classes if found.keeps_extras), None)) is not None:
        why = "it keeps what it is given under any name (`extra`)"
        yield Unknown(f"the fields of `{keeping.name}`", keeping.location, why)
        return
    widest = max(classes, key=lambda one: len(one.all_fields))
    yield Hit(widest.location, {"settings": widest.name})


def _knows(settings: SettingsClass) -> bool:
    """By a field, by several files or a computed one, or by being one environment's class."""
    files = settings.env_files
    return (
        any(_FIELD.fullmatch(field.name) for field in settings.all_fields)
        or any(_FIELD.fullmatch(name) for field in settings.all_fields for name in field.environment)
        or files is None
        or len(files) > 1
        or bool(_SUBCLASS.fullmatch(settings.name))
    )


def _reads_environment(service: Service) -> bool:
    variables = (read.variable for read in service.environment_reads if read.variable is not None)
    return any(_READ.fullmatch(variable) for variable in variables)
