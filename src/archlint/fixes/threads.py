"""Hands what blocks to a thread, in memory alone: whether it should be a thread is a choice."""

from __future__ import annotations

from archlint.facts.syntax import Call
from archlint.findings import Finding, Location
from archlint.fixes.edits import Instead, Plan, span_of
from archlint.service.model import Service

WHY = "a thread for each call that blocks"


def in_thread(service: Service, finding: Finding) -> Plan | None:
    """The last call of the finding's chain that stands in a coroutine function, through a thread."""
    places = [finding.location, *(link.location for link in finding.chain)]
    for place in reversed(places):
        if plan := _handed_off(service, place):
            return plan
    return None


def _handed_off(service: Service, place: Location) -> Plan | None:
    module = service.modules.by_path.get(place.file)
    for node in module.source.nodes.of(Call) if module is not None else ():
        if module is None or module.location(node) != place:
            continue
        around = module.source.definitions.functions_around(node)
        if not around or not around[-1].is_async:
            return None
        text = service.repository.read_bytes(module.path).decode("utf-8-sig", errors="replace")
        called, rest = text[node.start : node.func.end], text[node.func.end : node.end]
        given = rest.strip().removeprefix("(").removesuffix(")").strip()
        passed = ", ".join(filter(None, (called, given)))
        edit = Instead(
            span_of(place),
            text[node.start : node.end],
            f"(await to_thread({passed}))",
            "asyncio",
            "to_thread",
        )
        return Plan(((module.path, edit),), WHY)
    return None
