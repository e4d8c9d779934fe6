"""BA0512: try the function's body in `crud/`; what it is split into there is a decision."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.moving import with_body_in
from archlint.service.model import Service

WHY = "the body of each function moved to `crud/`"


def trial(service: Service, finding: Finding) -> Plan | None:
    """The body in `crud/`, called by the service."""
    edits = with_body_in(service, finding, "crud")
    return Plan(edits, WHY) if edits else None
