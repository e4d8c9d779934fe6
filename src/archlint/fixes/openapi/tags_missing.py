"""BA1108: a tag for the include of a router, or for what is registered on the app itself."""

from __future__ import annotations

import re
from collections import Counter

from archlint.facts.syntax import Call
from archlint.findings import Finding
from archlint.fixes.edits import Plan, SetArgument, span_of
from archlint.service.api.routes import Endpoint
from archlint.service.interpreter.values import Origin
from archlint.service.model import Service

WHY = "headings of the documentation, and classes of generated clients, get the name that the path suggests"
_VERSION = re.compile(r"api|v\d+|\{.*\}|")


def plan(service: Service, finding: Finding) -> Plan | None:
    """The first part of the path that is no version and no parameter; of an include what most paths have."""
    registered = (one for one in service.routes.endpoints if one.location == finding.location)
    endpoint = next((one for one in registered if not one.tags), None)
    if endpoint is None:
        return None
    place = _place(endpoint)
    call = place.node
    tags = Counter(filter(None, (_tag(one) for one in service.routes.endpoints if _place(one).node is call)))
    if not tags:
        return None
    ((tag, _),) = tags.most_common(1)
    if not isinstance(call, Call) or any(keyword.name in {"tags", None} for keyword in call.keywords):
        return None
    span = span_of(place.module.location(call))
    return Plan(((place.module.path, SetArgument(span, "tags", f'["{tag}"]')),), WHY)


def _place(endpoint: Endpoint) -> Origin:
    """The include of its router, else the call that registers it on the app."""
    return endpoint.includes[-1] if endpoint.includes else endpoint.place


def _tag(endpoint: Endpoint) -> str:
    """What its path begins with, below the version."""
    parts = (part for part in endpoint.path.split("/") if not _VERSION.fullmatch(part))
    found = next(parts, "")
    return found if re.fullmatch(r"[\w-]+", found) else ""
