"""BA0409: `--locked` for `uv sync` and `uv run`."""

from __future__ import annotations

import re

from archlint.findings import Finding
from archlint.fixes.edits import Plan
from archlint.fixes.texts import TextFile
from archlint.service.deployment.command import Context
from archlint.service.model import Service
from archlint.service.packaging.lock_freshness import lock_differences

WHY_IMAGE = "the build stops where uv.lock is not in the image yet, or does not fit pyproject.toml"
WHY_STALE = "uv.lock does not fit pyproject.toml, so the command stops until `uv lock` has run"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where the command stands in one line; what `uv pip` installs has to become another command."""
    place = finding.location
    commands = [one for one in service.commands if one.location == place]
    found = ((one, verb) for one in commands for verb in ("sync", "run") if one.runs("uv", verb))
    command, verb = next(found, (None, ""))
    file = TextFile.of(service.repository, place.file)
    if command is None or file is None:
        return None
    before = re.match(rf"(?:\S*/)?uv\b[^\n;&|]*?\s(?={verb}\b)", file.after(place))
    if before is None:
        return None
    edit = file.replacing(place.line, place.column + before.end(), verb, f"{verb} --locked")
    if command.context is not Context.CI:
        return Plan(((place.file, edit),), WHY_IMAGE)
    return Plan(((place.file, edit),), WHY_STALE if any(lock_differences(service.project)) else "")
