"""Event loops that are started where one runs already, which raises RuntimeError."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.facts.syntax import Attribute, Call
from archlint.service.asynchronous.blocking import Blocked, Reach
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edge import Edge
from archlint.service.calls.values import InstanceType


def nested_loops(calls: Calls) -> Iterator[Blocked]:
    """What starts a loop on the event loop; code that looks whether one runs knows what it does."""
    for blocked in Reach(calls, ("loop",)).on_loop(with_queues=True):
        modules = {edge.callee.module for edge in blocked.edges} | {blocked.function.module}
        patched = any("nest_asyncio" in calls.symbols.namespace(module).names for module in modules)
        certain = all(_is_certain(calls, edge) and not edge.callee.asks_for_loop for edge in blocked.edges)
        if certain and not patched:
            yield blocked


def _is_certain(calls: Calls, edge: Edge) -> bool:
    """Whether the call cannot mean a method of another subclass: who calls that one knows how."""
    match edge.node:
        case Call(func=Attribute(value=receiver, attr=name)) if edge.callee.owner is not None:
            values = calls.inference.values(receiver, edge.caller)
            objects = [value for value in values if isinstance(value, InstanceType)]
            return all(one.cls.find_method(name) is edge.callee for one in objects)
    return True
