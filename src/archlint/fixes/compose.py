"""Edits of compose files: a health check for a server whose image has its own probe."""

from __future__ import annotations

from archlint.facts.yaml import YamlMapping, YamlScalar
from archlint.fixes.edits import Edit
from archlint.fixes.texts import TextFile
from archlint.service.deployment.compose_stack import StackService
from archlint.service.model import Service

PROBES = {
    "pgvector/pgvector": "pg_isready",
    "postgis/postgis": "pg_isready",
    "postgres": "pg_isready",
    "rabbitmq": "rabbitmq-diagnostics",
    "redis": "redis-cli",
    "valkey/valkey": "valkey-cli",
}
"""The images that archlint knows to have no check of their own, and the probe that each has."""
TESTS = {
    "pg_isready": '[CMD-SHELL, "pg_isready --username=$${POSTGRES_USER:-postgres}"]',
    "rabbitmq-diagnostics": "[CMD, rabbitmq-diagnostics, -q, ping]",
    "redis-cli": "[CMD, redis-cli, ping]",
    "valkey-cli": "[CMD, valkey-cli, ping]",
}
TIMES = ("interval: 5s", "timeout: 5s", "retries: 10")


def stack_service(service: Service, name: str) -> StackService | None:
    """The service of the stack of this name."""
    return next((one for one in service.deployment.stack.services if one.name == name), None)


def with_healthcheck(service: Service, one: StackService) -> tuple[str, Edit] | None:
    """A `healthcheck` below the `image` of a service that says nothing of one."""
    if any(layer.key("healthcheck") for layer in one.layers):
        return None
    probe = PROBES.get(one.hub_name)
    found = _image(one)
    if probe is None or found is None:
        return None
    key, value = found
    file = TextFile.of(service.repository, key.location.file)
    if file is None or file.line(key.location.line)[: key.location.column - 1].strip():
        return None  # a mapping in braces
    indent = " " * (key.location.column - 1)
    lines = ("healthcheck:", *(f"  {line}" for line in (f"test: {TESTS[probe]}", *TIMES)))
    added = "".join(f"{indent}{line}{file.end}" for line in lines)
    return file.path, file.adding_below(value.location.end_line, added)


def _image(one: StackService) -> tuple[YamlScalar, YamlScalar] | None:
    """The key `image` and its value, where the last layer that has one writes it itself."""
    for layer in reversed(one.layers):
        key, value = layer.key("image"), layer.get("image")
        if key is not None and isinstance(value, YamlScalar):
            return (key, value) if _holds(layer, key) and _holds(layer, value) else None
    return None


def _holds(layer: YamlMapping, node: YamlScalar) -> bool:
    """Whether it is written inside of the mapping, and not merged into it."""
    outer, inner = layer.location, node.location
    start, end = (outer.line, outer.column), (outer.end_line, outer.end_column)
    return outer.file == inner.file and start <= (inner.line, inner.column) <= end
