"""BA0408: try uv in the place of the command."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.uv_commands import by_uv
from archlint.service.model import Service


def trial(service: Service, finding: Finding) -> Plan | None:
    """`uv sync --locked` instead."""
    return by_uv(service, finding)
