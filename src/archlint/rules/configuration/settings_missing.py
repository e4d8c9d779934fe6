"""BA0701: no class reads the settings by Pydantic."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint import documents
from archlint.findings import Hit, Link, Location, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service

_BASE = re.compile(rb"BaseSettings")


def check(service: Service) -> Iterator[Said]:
    """Yield a hit for a service without settings class; Pydantic 1's is one, too, and one of a workspace."""
    if not service.routes.apps:
        yield NotApplicable("it makes no app")
        return
    if classes := service.settings.classes or service.settings.of_libraries:
        yield from (Met(one.location) for one in classes)
    elif unclear := service.settings.unclear:
        first = unclear[0]
        place = first.module.location(first.symbol.node) if first.symbol.node else service.anchor
        yield Unknown(
            f"`{first.symbol.qualified}`", place, f"what `{first.base}` derives from is not in sight"
        )
    elif unread := next(_holding(service), None):
        yield Unknown("the settings", Location(unread), "a file that cannot be read may hold them")
    else:
        yield _without(service)


def _holding(service: Service) -> Iterator[str]:
    """The files that may hold such a class: those of which nothing is known, and broken ones that name it."""
    for path in service.modules.unread:
        if path in service.modules.unreadable or documents.finds(service.repository, path, _BASE):
            yield path


def _without(service: Service) -> Hit:
    """One hit for the class that is missing and for all that is read in its stead."""
    reads = service.environment_reads
    instead = f", and {len(reads)} reads of the environment stand in for it" if len(reads) > 1 else ""
    what = f"No class derives from `pydantic_settings.BaseSettings`{instead}"
    chain = tuple(Link(read.module.location(read.node), f"`{read.reader}` reads here") for read in reads[:10])
    clauses = ("BA07.1.2", "BA07.1.1") if reads else ()
    return Hit(service.anchor, {"what": what, "missing": "settings"}, chain, clauses=clauses)
