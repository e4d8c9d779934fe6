"""What is wrong with the path of an endpoint that is not below `/api/v<N>` (BA08.1.1)."""

from __future__ import annotations

import re

from archlint.service.api.root_paths import path_setting
from archlint.service.api.routes import Endpoint

MISSING = "without a version prefix"
_ELSEWHERE = re.compile(r"(/[^/{}]+)*?/v\d+(?=/|$)")


def lack_of_version(endpoint: Endpoint) -> str:
    """How the path is wrong: a version elsewhere in it is one, if not where the standard has it."""
    if found := version_elsewhere(endpoint):
        return f"under `{found[0]}`, not under `/api/v<N>`"
    if (condition := endpoint.off_by_default) is not None:
        place = condition.place.module.location(condition.place.node)
        return f"{MISSING}, once the condition at {place} holds, which by default it does not"
    setting = path_setting(endpoint)
    return f"{MISSING}, as long as `{setting}` has its default" if setting else MISSING


def version_elsewhere(endpoint: Endpoint) -> re.Match[str] | None:
    """The path up to a version that is not where the standard has it; its first group stands before that."""
    return _ELSEWHERE.match(endpoint.path)
