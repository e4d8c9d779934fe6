"""BA0708: a database setting that a developer must guess."""

from __future__ import annotations

from collections.abc import Container, Iterator

from archlint.facts.syntax import Constant
from archlint.findings import Hit, Met, Said, Unknown
from archlint.service.configuration.given_variables import given_variables
from archlint.service.configuration.secrets import is_database_setting
from archlint.service.configuration.settings import Setting
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield each required database field to which no example, `.env` or compose file gives a value."""
    yield from (Met(field.location) for field in _defaulted(service))
    known = [one for one in service.settings.classes if not one.is_open]
    own = {one.node for one in service.settings.classes}
    tops = [
        field for one in known for field in one.top_fields if field.required and not _is_settings(field, own)
    ]
    for one in service.settings.classes:
        if one.is_open and any(field.required and _is_of_database(field) for field in one.top_fields):
            yield Unknown(f"the variables of `{one.name}`", one.location, "code decides where they come from")
    if not any(_is_of_database(field) for top in tops for field in top.walk()):
        return
    by_secrets = any(one.has_secrets_dir for one in service.settings.classes)
    given = given_variables(service.dotenvs, service.deployment, by_secrets=by_secrets)
    lacking = [field for top in tops for field in _lacking(top, given)]
    met = {field.location for top in tops for field in _met(top, given)}
    for field in {field.location: field for field in reversed(lacking)}.values():
        if _is_of_database(field) and field.location not in met:
            yield Hit(field.location, {"field": field.name, "variable": field.environment[0].upper()})
    if not lacking:
        yield from (
            Met(field.location) for top in tops for field in _met(top, given) if _is_of_database(field)
        )


def _is_settings(field: Setting, classes: Container[object]) -> bool:
    """Whether the field is a settings class itself, whose fields have variables of their own."""
    members = field.type.members if field.type is not None else ()
    return any(member.symbol is not None and member.symbol.node in classes for member in members)


def _defaulted(service: Service) -> Iterator[Setting]:
    """The database fields with a default that says something."""
    for field in service.settings.fields:
        says = field.default is not None and not (
            isinstance(field.default, Constant) and not field.default.value
        )
        if not field.required and says and _is_of_database(field):
            yield field


def _lacking(field: Setting, given: frozenset[str]) -> Iterator[Setting]:
    """What of a required field nobody gives: itself, or the required parts of it that have variables."""
    if field.is_set_by(given):
        return
    parts = [part for part in field.parts if part.environment]
    missing = [inner for part in parts if part.required for inner in _lacking(part, given)]
    if missing:
        yield from missing
    elif field.environment and not any(inner.is_set_by(given) for part in parts for inner in part.walk()):
        yield field


def _met(field: Setting, given: frozenset[str]) -> Iterator[Setting]:
    """The fields that something sets, so that another class with the same field needs no other name."""
    return (inner for inner in field.walk() if inner.is_set_by(given))


def _is_of_database(field: Setting) -> bool:
    """Whether its own name says so, or that of its variable, as with `db: Database` and its `host`."""
    variables = (name.replace("__", "_") for name in field.environment)
    return any(map(is_database_setting, (field.name, *variables)))
