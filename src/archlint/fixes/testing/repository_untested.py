"""BA0909: try a test that calls the operation; what it has to expect only its author knows."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.written_tests import calling
from archlint.service.model import Service


def trial(service: Service, finding: Finding) -> Plan | None:
    """A test beside the first one of the service."""
    return calling(service, finding)
