"""BA0104: a FastAPI that emits OpenAPI 3.0."""

from __future__ import annotations

from collections.abc import Iterator

from packaging.requirements import Requirement
from packaging.version import Version

from archlint.findings import Hit, Location, Met, Said, Severity
from archlint.service.model import Service
from archlint.service.packaging.managers import to_require
from archlint.service.packaging.versions import Required

_FIRST = Version("0.99")
"""The first version that emits OpenAPI 3.1."""

_OLD = tuple(f"0.{minor}.{patch}" for minor in range(98, 0, -1) for patch in range(5))


def check(service: Service) -> Iterator[Said]:
    """Yield each lock of an old version; without a lock, the requirement that admits one."""
    locked = service.versions.locked("fastapi")
    for pin in locked:
        if pin.version < _FIRST:
            fields = {
                "what": "The lock pins",
                "version": str(pin.version),
                "remedy": _remedy(service, pin.location),
            }
            yield Hit(pin.location, fields)
        else:
            yield Met(pin.location)
    if not locked:
        yield from _admitted(service, list(service.versions.required("fastapi")))


def _remedy(service: Service, place: Location) -> str:
    asked = service.versions.asked("fastapi")
    return to_require(service.project, Requirement("fastapi>=0.99"), place.file, asked)


def _admitted(service: Service, required: list[Required]) -> Iterator[Hit | Met]:
    """Nothing but a habit keeps a requirement without any bound on the newest version: a warning."""
    admitted = (old for old in _OLD if all(one.specifiers.contains(old) for one in required))
    version = next(admitted, None)
    if required and version is not None:
        bounded = any(len(one.specifiers) for one in required)
        place = required[0].location
        fields = {"what": "The requirement admits", "version": version, "remedy": _remedy(service, place)}
        yield Hit(place, fields, severity=None if bounded else Severity.WARNING)
    elif required:
        yield Met(required[0].location)
