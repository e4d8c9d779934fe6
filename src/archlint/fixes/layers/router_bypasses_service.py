"""BA0511: try the bodies that use the import in `services/`; what they are split into there is a decision."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.moving import with_import_in
from archlint.service.model import Service

WHY = "the body of each function that uses the import moved to `services/`"


def trial(service: Service, finding: Finding) -> Plan | None:
    """The import goes with the bodies of all functions of the router that use what it brings."""
    edits = with_import_in(service, finding, "services")
    return Plan(edits, WHY) if edits else None
