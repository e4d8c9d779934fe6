"""BA1016: `condition: service_healthy`, and the health check that it waits for."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.yaml import YamlMapping, YamlNode, YamlScalar, YamlSequence
from archlint.findings import Finding, Location
from archlint.fixes.compose import stack_service, with_healthcheck
from archlint.fixes.edits import Edit, Plan
from archlint.fixes.texts import TextFile
from archlint.service.deployment.compose_containers import healthcheck
from archlint.service.deployment.compose_stack import StackService
from archlint.service.model import Service

HEALTHY, STARTED = "service_healthy", "service_started"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where the dependency is written in this service; compose refuses to wait for what has no check."""
    file = TextFile.of(service.repository, finding.location.file)
    for app, value, name in _written(service, finding.location):
        database = stack_service(service, name)
        if file is None or database is None:
            continue
        edits = _conditions(file, value, database.name, _column(app, value))
        made = healthcheck(database)
        check = with_healthcheck(service, database) if made is None else None
        if not edits or (made.is_off if made is not None else check is None):
            return None
        own = tuple((file.path, edit) for edit in edits)
        return Plan((*own, check) if check is not None else own)
    return None


def _written(service: Service, place: Location) -> Iterator[tuple[StackService, YamlNode, str]]:
    """Who depends, the value of `depends_on`, and the name in it that stands at the place."""
    for app in service.deployment.stack.services:
        for value in app.values("depends_on"):
            keys = [key for key, _ in value.entries] if isinstance(value, YamlMapping) else _items(value)
            yield from ((app, value, one.text) for one in keys if one.location == place)


def _items(value: YamlNode) -> list[YamlScalar]:
    """The names of a list."""
    items = value.items if isinstance(value, YamlSequence) else ()
    return [one for one in items if isinstance(one, YamlScalar)]


def _column(app: StackService, value: YamlNode) -> int:
    """Where the key of the value stands in its line."""
    keys = (layer.key("depends_on") for layer in app.layers if layer.get("depends_on") is value)
    return next((key.location.column for key in keys if key is not None), value.location.column)


def _conditions(file: TextFile, value: YamlNode, database: str, column: int) -> list[Edit]:
    """The list as a mapping in which the database has to be healthy, or the condition that it has now."""
    if isinstance(value, YamlMapping):
        entry = value.get(database)
        given = entry.get("condition") if isinstance(entry, YamlMapping) else None
        return [_instead(file, given, HEALTHY)] if isinstance(given, YamlScalar) else []
    items = _items(value)
    if not items or len(items) != len(getattr(value, "items", ())):
        return []
    if file.after(value.location).startswith("["):
        return _in_braces(file, value, [one.text for one in items], database)
    return [edit for one in items if (edit := _entry(file, one, database, column)) is not None]


def _in_braces(file: TextFile, value: YamlNode, names: list[str], database: str) -> list[Edit]:
    place = value.location
    if place.end_line != place.line:
        return []
    before = file.line(place.line)[place.column - 1 : place.end_column - 1]
    entries = ", ".join(f"{name}: {{condition: {_condition(name, database)}}}" for name in names)
    return [file.replacing(place.line, place.column, before, f"{{{entries}}}")]


def _entry(file: TextFile, item: YamlScalar, database: str, column: int) -> Edit | None:
    """`- db` as `db:` with its condition on a line of its own, deeper than the key of the list."""
    line, place = file.line(item.location.line), item.location
    dash = line.rfind("-", 0, place.column - 1)
    if dash < 0 or line[:dash].strip():
        return None
    before = line[dash : place.end_column - 1]
    gap = " " * 2 * (dash < column)
    indent = f"{line[:dash]}{gap}  "
    after = f"{gap}{item.text}:{file.end}{indent}condition: {_condition(item.text, database)}"
    return file.replacing(place.line, dash + 1, before, after)


def _condition(name: str, database: str) -> str:
    return HEALTHY if name == database else STARTED


def _instead(file: TextFile, value: YamlScalar, text: str) -> Edit:
    place = value.location
    before = file.line(place.line)[place.column - 1 : place.end_column - 1]
    return file.replacing(place.line, place.column, before, text)
