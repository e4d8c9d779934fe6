"""BA1108: a tag for the include of a router, or for what is registered on the app itself."""

from __future__ import annotations

import re

from archlint.facts.syntax import Call
from archlint.findings import Finding
from archlint.fixes.edits import Plan, SetArgument, span_of
from archlint.service.api.routes import Endpoint
from archlint.service.model import Service

WHY = "headings of the documentation, and classes of generated clients, get the name that the path suggests"
_VERSION = re.compile(r"api|v\d+|\{.*\}|")


def plan(service: Service, finding: Finding) -> Plan | None:
    """The first part of the path that is no version and no parameter."""
    endpoint = next((one for one in service.routes.endpoints if one.location == finding.location), None)
    tag = _tag(endpoint) if endpoint is not None else ""
    if endpoint is None or not tag:
        return None
    place = endpoint.includes[-1] if endpoint.includes else endpoint.place
    call = place.node
    if not isinstance(call, Call) or any(keyword.name in {"tags", None} for keyword in call.keywords):
        return None
    span = span_of(place.module.location(call))
    return Plan(((place.module.path, SetArgument(span, "tags", f'["{tag}"]')),), WHY)


def _tag(endpoint: Endpoint) -> str:
    """Of an include, what the prefixes and the path begin with that all of its endpoints share."""
    parts = (part for part in endpoint.path.split("/") if not _VERSION.fullmatch(part))
    found = next(parts, "")
    return found if re.fullmatch(r"[\w-]+", found) else ""
