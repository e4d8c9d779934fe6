"""BA0203: SQLAlchemy is missing, or a version before 2.0."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.version import Version

from archlint.findings import Hit, Location, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service
from archlint.service.packaging.managers import to_add, to_require
from archlint.service.packaging.runtime_dependencies import Provision, provision
from archlint.service.packaging.versions import Required

_REQUIREMENT = "sqlalchemy[asyncio]>=2.0"
_FIRST = Version("2.0")
_OLD = tuple(f"1.{minor}.{patch}" for minor in (4, 3, 2) for patch in range(60, -1, -1))


def check(service: Service) -> Iterator[Said]:
    """Yield each lock of an old version; without a lock, the requirement that admits one, or its absence."""
    libraries = service.databases.libraries
    locked = service.versions.locked("sqlalchemy")
    for pin in locked:
        if pin.version < _FIRST:
            yield _old(service, pin.location, "lock", f"The lock pins SQLAlchemy {pin.version}")
        else:
            yield Met(pin.location)
    required = [] if locked else list(service.versions.required("sqlalchemy"))
    if required:
        yield from _admitted(service, required)
    elif libraries and not locked:
        yield from _undeclared(service, sorted(libraries))
    elif not libraries and not locked:
        yield NotApplicable("its runtime imports no library of a relational database")


def _old(service: Service, place: Location, teller: str, what: str) -> Hit:
    asked = service.versions.asked("sqlalchemy")
    remedy = to_require(service.project, Requirement(_REQUIREMENT), place.file, asked)
    return Hit(place, {"teller": teller, "what": what, "remedy": remedy})


def _admitted(service: Service, required: list[Required]) -> Iterator[Hit | Met]:
    """A requirement without any bound gets the newest version: nothing old is asked for."""
    bounded = [one for one in required if len(one.specifiers)]
    old = (version for version in _OLD if all(one.specifiers.contains(version) for one in bounded))
    version = next(old, None) if bounded else None
    if version is not None:
        bounds = ",".join(str(one.specifiers) for one in bounded)
        series = version.rpartition(".")[0]
        what = f"The requirement `{bounds}` admits SQLAlchemy {series}"
        yield _old(service, bounded[0].location, "requirement", what)
    else:
        yield Met(required[0].location)


def _undeclared(service: Service, names: list[str]) -> Iterator[Hit | Unknown]:
    if {"sqlalchemy", "sqlmodel"} & set(names):
        why = "it is used, but archlint does not see where it is declared"
        yield Unknown("the version of SQLAlchemy", service.anchor, why)
    elif any(_has(service, name) for name in names):
        what = f"The database is used by {', '.join(names)}, without SQLAlchemy"
        remedy = to_add(service.project, _REQUIREMENT)
        yield Hit(service.anchor, {"teller": "code", "what": what, "remedy": remedy})


def _has(service: Service, name: str) -> bool:
    return provision(service.versions, name) is not Provision.MISSING
