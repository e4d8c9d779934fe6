"""BA0701: no class reads the settings by Pydantic."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Met, NotApplicable, Said, Severity, Unknown
from archlint.service.model import Service


def check(service: Service) -> Iterator[Said]:
    """Yield a hit for a service without settings class; a warning where all are Pydantic 1's."""
    if not service.routes.apps:
        yield NotApplicable("it makes no app")
        return
    classes = service.settings.classes
    if any(not one.of_pydantic_1 for one in classes):
        yield from (Met(one.location) for one in classes if not one.of_pydantic_1)
        return
    if classes:
        oldest = classes[0]
        what = f"`{oldest.name}` derives from Pydantic 1's BaseSettings, not from `pydantic_settings`'"
        yield Hit(oldest.location, {"what": what}, severity=Severity.WARNING)
    elif unclear := service.settings.unclear:
        first = unclear[0]
        place = first.module.location(first.symbol.node) if first.symbol.node else service.anchor
        yield Unknown(
            f"`{first.symbol.qualified}`", place, f"what `{first.base}` derives from is not in sight"
        )
    else:
        yield Hit(service.anchor, {"what": "No class derives from `pydantic_settings.BaseSettings`"})
