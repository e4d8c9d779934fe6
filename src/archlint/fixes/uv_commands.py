"""Puts uv in the place of another tool's command, in memory alone: which command it is hangs on the lock."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.edits import Plan, Replace, span_of
from archlint.fixes.texts import TextFile
from archlint.service.deployment.command import CommandContext
from archlint.service.model import Service

WHY = "`uv sync --locked` for each command that installs"


def by_uv(service: Service, finding: Finding) -> Plan | None:
    """`uv sync --locked` where the finding's command stands, in an image without what is for development."""
    place = finding.location
    text = TextFile.of(service.repository, place.file)
    if text is None:
        return None
    lines = [text.line(number) for number in range(place.line, place.end_line + 1)]
    lines[-1] = lines[-1][: place.end_column - 1]
    before = text.end.join(lines)[place.column - 1 :]
    contexts = {one.context for one in service.commands if one.location == place}
    after = "uv sync --locked --no-dev" if CommandContext.BUILD in contexts else "uv sync --locked"
    return Plan(((place.file, Replace(span_of(place), before, after)),), WHY) if before.strip() else None
