"""BA0801: give the include, the mount or the path of what is registered on the app the prefix `/api/v1`."""

from __future__ import annotations

from msgspec.structs import replace

from archlint.facts.syntax import Constant, Expression
from archlint.findings import Finding
from archlint.fixes.calls import FoundCall, called_at
from archlint.fixes.edits import Edit, Instead, Plan, SetArgument, span_of
from archlint.fixes.texts import TextFile
from archlint.service.model import Service

PREFIX = "/api/v1"
WHY = "every client has to call the new paths"
TRIED = f"`{PREFIX}` as the prefix"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where there is no prefix, or a literal one that names no other version."""
    call = called_at(service, replace(finding, location=finding.chain[0].location)) if finding.chain else None
    if call is None:
        return None
    if call.name.endswith("include_router"):
        edit = _included(call)
    else:
        call = call if call.name.endswith(".mount") else called_at(service, finding)
        edit = _path(service, call) if call is not None else None
    return Plan(((call.module.path, edit),), WHY) if call is not None and edit is not None else None


def trial(service: Service, finding: Finding) -> Plan | None:
    """A literal for a prefix that is made at run time: where it is made, its author knows."""
    call = called_at(service, replace(finding, location=finding.chain[0].location)) if finding.chain else None
    if call is None or not call.name.endswith("include_router") or "**" in call.keywords:
        return None
    return Plan(((call.module.path, SetArgument(call.span, "prefix", f'"{PREFIX}"')),), TRIED)


def _included(call: FoundCall) -> Edit | None:
    """The argument `prefix` of an include."""
    given = next((keyword.value for keyword in call.node.keywords if keyword.name == "prefix"), None)
    prefix = PREFIX if given is None else _prefix(given)
    if prefix is None or "**" in call.keywords:
        return None
    return SetArgument(call.span, "prefix", f'"{prefix}"')


def _path(service: Service, call: FoundCall) -> Edit | None:
    """The first argument, where it is the path as a literal."""
    first = call.node.args[0] if call.node.args else None
    given = next((keyword.value for keyword in call.node.keywords if keyword.name == "path"), first)
    prefix = _prefix(given)
    text = TextFile.of(service.repository, call.module.path)
    if given is None or prefix is None or text is None:
        return None
    place = call.module.location(given)
    before = text.after(place)[: place.end_column - place.column] if place.line == place.end_line else ""
    return Instead(span_of(place), before, f'"{prefix}"') if before else None


def _prefix(given: Expression | None) -> str | None:
    """`/users` becomes `/api/v1/users`, `/v2` becomes `/api/v2`; None for what is no literal."""
    if not isinstance(given, Constant) or not isinstance(given.value, str):
        return None
    old = given.value
    first, _, rest = old.strip("/").partition("/")
    if first[:1] == "v" and first[1:].isdecimal():
        return f"/api{old}"
    if first == "api":
        return f"{PREFIX}/{rest}".rstrip("/")
    return f"{PREFIX}{old}" if old.startswith("/") or not old else None
