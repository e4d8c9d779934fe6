"""BA0405: declare the distribution, from the locked version on."""

from __future__ import annotations

import re

from archlint.findings import Finding
from archlint.fixes.dependencies import declared
from archlint.fixes.edits import Plan
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where one version of it is locked, so that the same is installed as before."""
    named = re.search(r"`([^`]+)`", finding.message)
    return declared(service, named[1]) if named else None
