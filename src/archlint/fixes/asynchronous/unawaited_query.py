"""BA0602: `await` the query."""

from __future__ import annotations

from archlint.facts.syntax import Call, FunctionDef
from archlint.findings import Finding
from archlint.fixes.calls import called_at
from archlint.fixes.edits import AwaitCall, Edit, MakeAsync, Plan, span_of
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """Where `await` may stand; a plain function would have to become a coroutine function first."""
    call = called_at(service, finding)
    if call is None or not call.scope or not call.scope[-1].is_async:
        return None
    return Plan(((call.module.path, AwaitCall(call.span)),))


def trial(service: Service, finding: Finding) -> Plan | None:
    """In a plain function: that and all plain functions that call it as coroutine functions, each awaited."""
    call = called_at(service, finding)
    function = service.calls.program.functions.get(call.scope[-1]) if call and call.scope else None
    if call is None or function is None:
        return None
    edits: list[tuple[str, Edit]] = [(call.module.path, AwaitCall(call.span))]
    pending, seen = [function], {function}
    while pending:
        current = pending.pop()
        if not isinstance(current.node, FunctionDef) or current.is_async:
            continue
        edits.append((current.module.path, MakeAsync(span_of(current.module.location(current.node)))))
        for edge in service.calls.edges_to(current):
            if edge.way != "here" or not isinstance(edge.node, Call):
                continue
            edits.append((edge.location.file, AwaitCall(span_of(edge.location))))
            pending += [edge.caller] if edge.caller not in seen else []
            seen.add(edge.caller)
    return Plan(tuple(edits), "each function that comes to a query a coroutine function")
