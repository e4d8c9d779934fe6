"""BA1102: leave `docs_url` at its default, and `redoc_url` with it where the finding names both."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.pages import without_arguments
from archlint.service.model import Service

REDOC = "BA11.1.3"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where they are written outright."""
    is_both = REDOC in finding.clauses
    return without_arguments(service, finding, ("docs_url", "redoc_url") if is_both else ("docs_url",))
