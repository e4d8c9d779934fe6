"""BA0606: `await asyncio.sleep(…)` instead of `time.sleep(…)`."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.calls import called_at
from archlint.fixes.edits import CallInstead, Plan
from archlint.fixes.threads import in_thread
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """Only what sleeps in the async function itself has a replacement that does the same."""
    call = called_at(service, finding) if not finding.chain else None
    if call is None or call.name != "time.sleep" or call.keywords or call.binds(service, "asyncio"):
        return None
    return Plan(((call.module.path, CallInstead(call.span, "asyncio", "sleep", "time")),))


def trial(service: Service, finding: Finding) -> Plan | None:
    """The call in a thread."""
    return in_thread(service, finding)
