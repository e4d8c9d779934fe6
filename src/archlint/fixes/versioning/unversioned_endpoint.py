"""BA0801: give the include the prefix `/api/v1`."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.facts.syntax import Constant, Keyword
from archlint.findings import Finding
from archlint.fixes.calls import called_at
from archlint.fixes.edits import Plan, SetArgument
from archlint.service.model import Service

PREFIX = "/api/v1"
WHY = "every client has to call the new paths"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where a router is included under no prefix, or under a literal one that names no other version."""
    include = finding.chain[0].location if finding.chain else finding.location
    call = called_at(service, replace(finding, location=include))
    if call is None or not call.name.endswith("include_router") or "**" in call.keywords:
        return None
    given = next((keyword for keyword in call.node.keywords if keyword.name == "prefix"), None)
    prefix = _prefix(given)
    if prefix is None:
        return None
    return Plan(((call.module.path, SetArgument(call.span, "prefix", f'"{prefix}"')),), WHY)


def _prefix(given: Keyword | None) -> str | None:
    """`/users` becomes `/api/v1/users`, `/v2` becomes `/api/v2`; None for what is no literal."""
    if given is None:
        return PREFIX
    if not isinstance(given.value, Constant) or not isinstance(given.value.value, str):
        return None
    old = given.value.value
    first, _, rest = old.strip("/").partition("/")
    if first[:1] == "v" and first[1:].isdecimal():
        return f"/api{old}"
    if first == "api":
        return f"{PREFIX}/{rest}".rstrip("/")
    return f"{PREFIX}{old}" if old.startswith("/") or not old else None
