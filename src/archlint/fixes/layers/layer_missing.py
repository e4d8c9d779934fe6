"""BA0501: map the layer to what seems to play its role."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan, TableLine
from archlint.paths import join
from archlint.service.layers.names import LAYERS
from archlint.service.model import Service

WHY = "the map says where the layer is, and somebody who knows the service has to agree"


def plan(service: Service, finding: Finding) -> Plan | None:
    """A line of the configuration that is there already, or of the service's pyproject.toml."""
    layer = next((name for name in LAYERS if finding.message.startswith(f"No `{name}/` directory")), "")
    candidate = service.layers.candidate(layer) if layer else None
    if candidate is None:
        return None
    for file, table in (("archlint.toml", "layers"), ("pyproject.toml", "tool.archlint.layers")):
        path = join(service.config.folder, file)
        if service.repository.has(path):
            return Plan(((path, TableLine(table, candidate.line)),), WHY)
    return None
