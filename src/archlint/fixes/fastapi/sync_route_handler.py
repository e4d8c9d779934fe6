"""BA0102: make the handler a coroutine function."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Attribute, Call, Name, Node
from archlint.findings import Finding
from archlint.fixes.edits import AwaitCall, Edit, MakeAsync, Plan, span_of
from archlint.fixes.rows import holds_rows
from archlint.service.api.handlers import Handler
from archlint.service.api.routes import Endpoint
from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Function
from archlint.service.model import Service


def plan(service: Service, finding: Finding) -> Plan | None:
    """`async def`, and `await` where the service calls the handler itself; none where that cannot be done.

    It moves the handler from a thread onto the event loop, so it is safe only where nothing can block there.
    """
    endpoints = [e for e in service.routes.endpoints if e.handler.location == finding.location]
    function = service.calls.program.functions.get(endpoints[0].handler.definition) if endpoints else None
    if function is None or _is_wrapped(endpoints):
        return None
    calls = [edge for edge in service.calls.edges if edge.callee is function and edge.caller.node is not None]
    if not all(edge.way == "here" and edge.caller.is_async and isinstance(edge.node, Call) for edge in calls):
        return None
    handler = endpoints[0].handler
    edits: list[tuple[str, Edit]] = [(handler.module.path, MakeAsync(span_of(handler.location)))]
    edits += [(edge.location.file, AwaitCall(span_of(edge.location))) for edge in calls]
    return Plan(tuple(edits), _danger(service, function, handler, calls))


def _is_wrapped(endpoints: list[Endpoint]) -> bool:
    """Whether a decorator other than those that register it may depend on what kind of function it is."""
    registering = {endpoint.place.node for endpoint in endpoints}
    return any(decorator not in registering for decorator in endpoints[0].handler.definition.decorators)


def _danger(service: Service, function: Function, handler: Handler, calls: list[Edge]) -> str:
    """Why nobody should do this without looking; empty when nothing speaks against it."""
    if calls or handler.owner or any(_references(service, handler)):
        return "other code uses the handler, too"
    waits = service.event_loop.may_block(function)
    if waits or not holds_rows(service, function):
        return waits
    return "the response would be made of a row on the event loop, which blocks while it loads attributes"


def _references(service: Service, handler: Handler) -> Iterator[bool]:
    """Whether a module imports the handler, tests included, or its own module names it."""
    name = handler.definition.name
    for edge in service.imports.edges:
        yield edge.imported is handler.module and edge.name in {name, "*"}
    for node in (*handler.module.source.nodes.of(Name), *handler.module.source.nodes.of(Attribute)):
        yield _names(node, name)


def _names(node: Node, name: str) -> bool:
    match node:
        case Name(id=found) | Attribute(attr=found):
            return found == name
    return False
