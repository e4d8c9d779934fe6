"""Whether a service's runtime gets a distribution, by what pyproject.toml, requirements and locks say."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from packaging.utils import canonicalize_name

from archlint.service.packaging.pyproject import DeclaredRequirement, ServiceProject
from archlint.service.packaging.versions import Versions

_EXTRAS = {
    "asyncpg": {
        "databases": {"asyncpg", "postgresql"},
        "sqlalchemy": {"asyncpg", "postgresql-asyncpg"},
        "tortoise-orm": {"asyncpg"},
        "piccolo": {"postgres", "all"},
    }
}
"""Extras that bring a distribution, by the distribution that has them."""


class Provision(StrEnum):
    """How a distribution comes into the runtime."""

    RUNTIME = "runtime"
    OPTIONAL = "optional"
    MISSING = "missing"


def provision(versions: Versions, name: str) -> Provision:
    """Whether the runtime dependencies have `name`, only an extra or a group, or nothing does."""
    project = versions.project
    everything = (*project.declared, *versions.listed)
    declared = [d for d in everything if canonicalize_name(d.requirement.name) == name]
    aside = {d.location for d in declared if d.extra or d.group}
    if any(one.location not in aside for one in versions.required(name)) or _by_extra(everything, name):
        return Provision.RUNTIME
    if aside:
        return Provision.OPTIONAL
    return Provision.RUNTIME if versions.locked(name) or _in_workspace(project, name) else Provision.MISSING


def _by_extra(declared: Iterable[DeclaredRequirement], name: str) -> bool:
    bringing = _EXTRAS.get(name, {})
    return any(
        bringing.get(canonicalize_name(d.requirement.name), set())
        & {canonicalize_name(extra) for extra in d.requirement.extras}
        for d in declared
        if not d.group
    )


def _in_workspace(project: ServiceProject, name: str) -> bool:
    """Whether another project of the workspace, on which the service may build, declares it."""
    return any(
        canonicalize_name(d.requirement.name) == name and not d.group
        for member in project.members
        for d in member.declared
    )
