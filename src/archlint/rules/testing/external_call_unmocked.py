"""BA0910: a test sends a request to somewhere else."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.findings import Hit, Location, Met, NotApplicable, Said, Unknown
from archlint.service.model import Service
from archlint.service.testing.outgoing import OutgoingCalls, written


def check(service: Service) -> Iterator[Said]:
    """Yield each outgoing call that a test is certain to make, with the first such test and its way there."""
    if not service.suite.tests:
        return
    outgoing = OutgoingCalls(service.suite, service.requests, service.calls, service.symbols)
    if not any(outgoing.calls()):
        yield NotApplicable("it makes no HTTP calls to others")
        return
    if not outgoing.unreplaced:
        yield from (Met(Location(module.path)) for module in outgoing.replacing)
    said = set()
    for found in outgoing.unreplaced:
        if found.call not in said:
            said.add(found.call)
            fields = {"test": found.test.name, "call": written(found.call)}
            yield Hit(found.test.location, fields, found.chain)
    if outgoing.replacing and outgoing.near and not outgoing.unreplaced:
        more = f", nor do {len(outgoing.near) - 1} more" if len(outgoing.near) > 1 else ""
        why = f"its tests come near one, and it replaces nothing{more}"
        yield Unknown("whether tests make outgoing calls", Location(outgoing.near[0].path), why)
    for call in outgoing.calls() if not outgoing.replaces_anything else ():
        if call not in said and service.reached.has(call.caller):
            yield Unknown(
                f"whether tests make the call `{written(call)}`", call.location, "nothing replaces it"
            )
