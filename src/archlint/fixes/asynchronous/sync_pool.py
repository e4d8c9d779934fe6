"""BA0603: leave out the pool class, so that the engine takes its own."""

from __future__ import annotations

from archlint.facts.syntax import Call
from archlint.findings import Finding
from archlint.fixes.edits import DropArgument, Plan, span_of
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where the class is the argument itself: no choice between several, nor in a dict of arguments."""
    module = service.modules.by_path.get(finding.location.file)
    for call in module.source.nodes.of(Call) if module else ():
        for keyword in call.keywords:
            if module and keyword.name == "poolclass" and module.location(keyword.value) == finding.location:
                span = span_of(module.location(call))
                return Plan(((module.path, DropArgument(span, "poolclass")),))
    return None
