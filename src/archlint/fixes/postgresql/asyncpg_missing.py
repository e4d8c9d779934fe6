"""BA0201: declare asyncpg among the runtime dependencies."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.dependencies import declared
from archlint.fixes.edits import Plan
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """In `[project]`, or in Poetry's table."""
    return declared(service, "asyncpg")
