"""BA1013: the probe of a database or a queue as its health check."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.compose import with_healthcheck
from archlint.fixes.edits import Plan
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """For images whose probe is known; what tells whether a service of one's own works, its authors know."""
    one = next((one for one in service.deployment.stack.services if one.location == finding.location), None)
    edit = with_healthcheck(service, one) if one is not None else None
    return Plan((edit,)) if edit is not None else None
