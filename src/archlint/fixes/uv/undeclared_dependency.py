"""BA0405: declare the distribution, from the locked version on."""

from __future__ import annotations

import re

from archlint.findings import Finding
from archlint.fixes.dependencies import with_dependency
from archlint.fixes.edits import Plan
from archlint.service.model import Service
from archlint.service.packaging.managers import manager_of

WHY = "the lock of {manager} has to be made again"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where one version of it is locked, so that the same is installed as before."""
    named = re.search(r"`([^`]+)`", finding.message)
    edits = with_dependency(service, named[1]) if named else None
    manager = manager_of(service.project)
    why = "" if manager in {"uv", "pip", ""} else WHY.format(manager=manager)
    return Plan(edits, why) if edits is not None else None
