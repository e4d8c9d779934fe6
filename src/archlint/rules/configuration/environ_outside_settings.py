"""BA0702: configuration that goes past the settings class."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from typing import Any

from archlint.expressions import matcher
from archlint.findings import Hit, Link, Location, Met, Said, Unknown
from archlint.service.deployment.image_starts import settings_of_gunicorn
from archlint.service.model import Service
from archlint.service.semantics.library_names import names_of


def check(service: Service, options: Mapping[str, Any]) -> Iterator[Said]:
    """Yield each read of the environment in runtime code outside of the settings classes."""
    if service.routes.apps and not service.settings.classes:
        for unclear in service.settings.unclear[:1]:  # else BA0701 says it once, with their number
            why = f"what `{unclear.base}` derives from is not in sight"
            yield Unknown(
                f"whether `{unclear.symbol.qualified}` is the settings class", unclear.location, why
            )
        return
    exempt = matcher(options["exempt"])
    passing = False
    aside = settings_of_gunicorn(service.commands)
    for read in service.environment_reads:
        if service.workers.are_apart(read.module) or posixpath.basename(read.module.path) in aside:
            continue
        place = read.module.location(read.node)
        if read.variable is None and read.reader in names_of("environment", "environment getter"):
            passing = True
            yield Unknown(f"a variable that `{read.reader}` reads", place, "its name is computed")
        elif read.variable is None or not exempt(read.variable):
            what = f"`{read.variable}`" if read.variable else "configuration"
            passing = True
            cause = Link(Location(read.module.path), f"`{read.module.name}` reads the environment itself")
            yield Hit(place, {"reader": read.reader, "what": what}, cause=cause)
    if not passing:
        yield from (Met(field.location) for field in service.settings.fields if field.environment)
