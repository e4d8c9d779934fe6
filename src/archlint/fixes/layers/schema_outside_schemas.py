"""BA0504: try the class in `schemas/`; where it belongs, and what it is called there, is a decision."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.moving import with_class_in
from archlint.service.model import Service

WHY = "each schema moved to `schemas/`"


def trial(service: Service, finding: Finding) -> Plan | None:
    """The class in a new module of `schemas/`, imported to where it was."""
    edits = with_class_in(service, finding, "schemas")
    return Plan(edits, WHY) if edits else None
