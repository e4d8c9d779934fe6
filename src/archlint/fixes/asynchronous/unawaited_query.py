"""BA0602: `await` the query."""

from __future__ import annotations

from archlint.findings import Finding
from archlint.fixes.calls import called_at
from archlint.fixes.edits import AwaitCall, Plan
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where `await` may stand; a plain function would have to become a coroutine function first."""
    call = called_at(service, finding)
    if call is None or not call.scope or not call.scope[-1].is_async:
        return None
    return Plan(((call.module.path, AwaitCall(call.span)),))
