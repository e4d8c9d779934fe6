"""BA1013: the probe of a database or a queue as its health check."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.compose import stack_service, with_healthcheck
from archlint.fixes.edits import Plan
from archlint.fixes.texts import quoted_name
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """For images whose probe is known; what tells whether a service of one's own works, its authors know."""
    one = stack_service(service, quoted_name(finding.message))
    edit = with_healthcheck(service, one) if one is not None and one.location == finding.location else None
    return Plan((edit,)) if edit is not None else None
