"""BA1107: try a docstring, whose words only the author of the endpoint knows."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan, Replace, Span
from archlint.fixes.texts import TextFile
from archlint.service.model import Service

WHY = "a docstring in each handler"


def trial(service: Service, finding: Finding) -> Plan | None:
    """A docstring above the first statement of the handler's body, where that begins a line."""
    handlers = (one.handler for one in service.routes.endpoints if one.handler.location == finding.location)
    handler = next(handlers, None)
    text = TextFile.of(service.repository, finding.location.file)
    if handler is None or text is None or not handler.definition.body:
        return None
    first = handler.module.location(handler.definition.body[0])
    indent = text.line(first.line)[: first.column - 1]
    if indent.strip():
        return None
    at = Span(first.line, 0, first.line, 0)
    return Plan(((text.path, Replace(at, "", f'{indent}"""Words."""{text.end}')),), WHY)
