"""BA0201: a service with a database whose runtime lacks asyncpg."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from archlint.findings import Hit, Link, Met, Said, Unknown
from archlint.service.model import Service
from archlint.service.packaging.managers import to_add
from archlint.service.packaging.runtime_dependencies import Provision, provision


def check(service: Service) -> Iterator[Said]:
    """Yield one hit; an unknown where there is no database, or where the dependencies cannot be seen."""
    libraries = service.databases.libraries
    if not libraries:
        yield Unknown(
            "the database", service.anchor, "no runtime module imports a library of a relational database"
        )
        return
    found = _provision(service, "asyncpg")
    if found is Provision.RUNTIME:
        pins = [pin.location for pin in service.versions.locked("asyncpg")]
        asked = [one.location for one in service.versions.required("asyncpg")]
        yield Met((*pins, *asked, service.anchor)[0])
        return
    if found is Provision.OPTIONAL:
        yield Unknown(
            "the driver", service.anchor, "asyncpg is in an extra or a group that an image may install"
        )
    elif not any(_provision(service, name) is not Provision.MISSING for name in libraries):
        yield Unknown(
            "the driver", service.anchor, "archlint does not see where the dependencies are declared"
        )
    else:
        name, place = min(libraries.items(), key=lambda entry: entry[1])
        fields = {"library": name, "remedy": to_add(service.project, "asyncpg"), "use": _use(libraries)}
        yield Hit(service.anchor, fields, (Link(place, f"`{name}` is used here"),))


def _use(libraries: Iterable[str]) -> str:
    """How the service comes to use it: SQLAlchemy takes the driver from the URL."""
    if {"sqlalchemy", "sqlmodel"}.isdisjoint(libraries):
        return "connect with it, best by SQLAlchemy's `create_async_engine`"
    return "name it in the URL: `postgresql+asyncpg://`"


def _provision(service: Service, name: str) -> Provision:
    return provision(service.versions, name)
