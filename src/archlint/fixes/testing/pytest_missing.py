"""BA0901: declare pytest, which the tests that are there ask for."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.dependencies import declared_for_development
from archlint.fixes.edits import Plan
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """Among the tools of development, where nothing but the manifest is lacking."""
    is_undeclared = "no manifest asks for pytest" in finding.message
    return declared_for_development(service, "pytest") if is_undeclared else None
