"""BA0409: `--locked` for `uv sync` and `uv run`."""

from __future__ import annotations

import re
from collections.abc import Iterator

from archlint.findings import Finding, Location
from archlint.fixes.edits import Edit, Plan
from archlint.fixes.texts import TextFile
from archlint.service.deployment.command import Command, CommandContext
from archlint.service.deployment.installs import is_locked, needs_no_lock
from archlint.service.model import Service
from archlint.service.packaging.lock_freshness import lock_differences

WHY_IMAGE = "the build stops where uv.lock is not in the image yet, or does not fit pyproject.toml"
WHY_STALE = "uv.lock does not fit pyproject.toml, so the command stops until `uv lock` has run"


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where the commands stand in one line; what `uv pip` installs has to become another command.

    Of several `uv run` in one job the first is reported, and all are locked.
    """
    commands = [one for one in service.commands if one.location == finding.location]
    found = ((one, verb) for one in commands for verb in ("sync", "run") if one.runs("uv", verb))
    command, verb = next(found, (None, ""))
    if command is None:
        return None
    alike = [command] if verb == "sync" else list(_runs(service, command))
    edits = [(one.location.file, _locked(service, one.location, verb)) for one in alike]
    whole = tuple((file, edit) for file, edit in edits if edit is not None)
    if len(whole) < len(edits):
        return None
    if command.context is not CommandContext.CI:
        return Plan(whole, WHY_IMAGE)
    return Plan(whole, WHY_STALE if any(lock_differences(service.project)) else "")


def _runs(service: Service, command: Command) -> Iterator[Command]:
    """The unlocked `uv run` of the same job or image."""
    for one in service.commands:
        here = (one.location.file, one.place) == (command.location.file, command.place)
        if here and one.runs("uv", "run") and not (is_locked(one) or needs_no_lock(one)):
            yield one


def _locked(service: Service, place: Location, verb: str) -> Edit | None:
    file = TextFile.of(service.repository, place.file)
    before = re.match(rf"(?:\S*/)?uv\b[^\n;&|]*?\s(?={verb}\b)", file.after(place)) if file else None
    if file is None or before is None:
        return None
    return file.replacing(place.line, place.column + before.end(), verb, f"{verb} --locked")
