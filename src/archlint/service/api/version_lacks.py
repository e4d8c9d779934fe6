"""What is wrong with the path of an endpoint that is not below `/api/v<N>` (BA08.1.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable

from archlint.service.api.root_paths import client_version, path_setting
from archlint.service.api.routes import App, Endpoint

MISSING = "without a version prefix"
_ELSEWHERE = re.compile(
    r"(?P<before>(/[^/{}]+)*?)/((api[-_.]?)?v(?P<number>\d+)(\.\d+)*((alpha|beta|rc)\d*)?|20\d\d-\d\d(-\d\d)?)(?=/|$)",
    re.IGNORECASE,
)
"""A path up to a version as people write it: `v2`, `api_v2`, `v2.1`, `v2beta1`, or a date, `2026-06-01`."""


def versioned_apps(endpoints: Iterable[Endpoint]) -> frozenset[App]:
    """The apps, and those that they are mounted in, that serve a version of whatever form."""
    found = (one for one in endpoints if client_version(one) is not None or version_elsewhere(one))
    return frozenset(app for one in found for app in (one.app, one.root))


def lack_of_version(endpoint: Endpoint, versioned: frozenset[App]) -> str:
    """How the path is wrong: a version elsewhere in it is one, if not where the standard has it."""
    if found := version_elsewhere(endpoint):
        return f"under `{found[0]}`, not under `/api/v<N>`"
    if (condition := endpoint.off_by_default) is not None:
        place = condition.place.module.location(condition.place.node)
        return f"{MISSING}, once the condition at {place} holds, which by default it does not"
    if versioned and endpoint.app not in versioned:
        return f"{MISSING}, by an app beside the one that has versions"
    setting = path_setting(endpoint)
    return f"{MISSING}, as long as `{setting}` has its default" if setting else MISSING


def version_elsewhere(endpoint: Endpoint) -> re.Match[str] | None:
    """The path up to a version that is not where the standard has it.

    Its groups are what stands `before` that, and the version's `number`, which a date has not.
    """
    return _ELSEWHERE.match(endpoint.path)
