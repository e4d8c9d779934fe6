"""BA1103: leave `redoc_url` at its default."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.pages import without_arguments
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where it is written outright."""
    return without_arguments(service, finding, ("redoc_url",))
