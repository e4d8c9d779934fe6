"""BA0508: try the handler's body in `services/`; what it is split into there is a decision."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.moving import with_body_in
from archlint.service.model import Service

WHY = "the body of each handler moved to `services/`"


def trial(service: Service, finding: Finding) -> Plan | None:
    """The body in `services/`, called by the handler."""
    edits = with_body_in(service, finding, "services")
    return Plan(edits, WHY) if edits else None
