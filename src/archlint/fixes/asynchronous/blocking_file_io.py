"""BA0605: try the call in a thread; a library of its own may be the better choice."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.threads import in_thread
from archlint.service.model import Service


def trial(service: Service, finding: Finding) -> Plan | None:
    """The call in a thread."""
    return in_thread(service, finding)
