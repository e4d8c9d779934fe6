"""BA0708: a database setting that a developer must guess."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.facts.yaml import YamlMapping, YamlScalar, YamlSequence
from archlint.findings import Hit
from archlint.service.configuration.secrets import is_database_setting
from archlint.service.configuration.settings import Setting
from archlint.service.model import Service


def check(service: Service) -> Iterator[Hit]:
    """Yield each required database field to which no example, `.env` or compose file gives a value."""
    fields = {id(f): f for one in service.settings.classes for f in one.all_fields if f.required}
    wanted = [field for field in fields.values() if _is_of_database(field)]
    if not wanted:
        return
    given = {name.lower() for name in _given(service)}
    reported = set()
    for field in wanted:
        if given.isdisjoint(field.environment) and field.location not in reported:
            reported.add(field.location)
            yield Hit(field.location, {"field": field.name, "variable": field.environment[0].upper()})


def _is_of_database(field: Setting) -> bool:
    """Whether its own name says so, or that of its variable, as with `db: Database` and its `host`."""
    variables = (name.replace("__", "_") for name in field.environment)
    return any(map(is_database_setting, (field.name, *variables)))


def _given(service: Service) -> Iterator[str]:
    """The variables that a file of the repository gives a value."""
    for file in service.dotenvs:
        yield from (variable.name for variable in file.variables if variable.value)
    for compose in service.deployment.compose:
        for container in compose.services.values():
            match container.get("environment"):
                case YamlMapping(entries=entries):
                    yield from (k.text for k, v in entries if isinstance(v, YamlScalar) and _fixed(v.text))
                case YamlSequence(items=items):
                    pairs = (item.text.partition("=") for item in items if isinstance(item, YamlScalar))
                    yield from (name for name, _, text in pairs if _fixed(text))


def _fixed(text: str) -> bool:
    """Whether a compose value needs nothing from outside: a literal, or a variable with a default."""
    return bool(text) and not re.search(r"\$\{?\w+(?!\w|:?-)|\$\{\w+:?\?", text)
