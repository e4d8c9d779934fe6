"""BA0902: declare the plugin beside pytest."""

from __future__ import annotations

import re

from archlint.findings import Finding
from archlint.fixes.dependencies import declared
from archlint.fixes.edits import Plan
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """In the group, the extra or the table that has pytest."""
    named = re.search(r"`([^`]+)`", finding.message)
    return declared(service, named[1], beside="pytest") if named else None
