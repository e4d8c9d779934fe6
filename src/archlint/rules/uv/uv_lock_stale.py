"""BA0402: uv.lock does not match the pyproject.toml that it was made from."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Link, Location, Met, Said, Unknown
from archlint.service.model import Service
from archlint.service.packaging.lock_freshness import lock_differences
from archlint.service.packaging.managers import where


def check(service: Service) -> Iterator[Said]:
    """Yield one hit per lock, at the first difference, with all others in its chain."""
    differences = list(lock_differences(service.project))
    stale = [difference for difference in differences if isinstance(difference, Link)]
    if stale:
        first, *others = stale
        more = f" (and {len(others)} more)" if others else ""
        fields = {
            "lock": service.project.lock_path,
            "difference": first.text + more,
            "where": where(service.project),
        }
        yield Hit(first.location, fields, tuple(others))
    else:
        yield from (difference for difference in differences if isinstance(difference, Unknown))
    if service.project.lock is not None and not differences:
        yield Met(Location(service.project.lock_path))
