"""BA0505: try the function's body in `crud/`; what it is split into there is a decision."""

from __future__ import annotations

from archlint.facts.syntax import FunctionDef
from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.moving import definition_at, is_handler, with_body_in
from archlint.service.model import Service

WHY = "each query moved to `crud/`"


def trial(service: Service, finding: Finding) -> Plan | None:
    """The body in `crud/`, called through a service where a handler has it."""
    found = definition_at(service, finding, FunctionDef)
    if found is None:
        return None
    edits = with_body_in(
        service, *found, ("services", "crud") if is_handler(service, found[1]) else ("crud",)
    )
    return Plan(edits, WHY) if edits else None
