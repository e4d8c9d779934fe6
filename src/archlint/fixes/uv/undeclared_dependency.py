"""BA0405: declare the distribution, from the locked version on."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.dependencies import with_dependency
from archlint.fixes.edits import Plan
from archlint.fixes.texts import quoted_name
from archlint.service.model import Service
from archlint.service.packaging.managers import manager_of

WHY = "the lock of {manager} has to be made again"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where one version of it is locked, so that the same is installed as before."""
    edits = with_dependency(service, quoted_name(finding.message))
    manager = manager_of(service.project)
    why = "" if manager in {"uv", "pip", ""} else WHY.format(manager=manager)
    return Plan(edits, why) if edits is not None else None
