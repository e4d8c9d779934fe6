"""Routers that something includes while the service runs: a loader of plugins, a switch.

The interpreter runs what happens when modules are imported and the app starts. What a function in use would
include later is not known, and said so.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator

from archlint.facts.syntax import Node
from archlint.service.api.applications import INCLUDE, router_includes
from archlint.service.interpreter.values import Origin
from archlint.service.semantics.live_code import Startup
from archlint.service.semantics.modules import Modules


def never_run(modules: Modules, ran: Container[Node], idle: Collection[Node]) -> Iterator[Origin]:
    """The calls of `….include_router(…)` in functions in use that are not among those that ran.

    Nor are those in functions that are known to be idle.
    """
    left = [
        (module, call)
        for module in modules.runtime
        for call in router_includes(module.source)
        if call not in ran
    ]
    if not left:
        return
    live = Startup(modules).attributes(INCLUDE)
    used = {node for _, scope, node in live if scope and not any(outer in idle for outer in scope)}
    yield from (Origin(module, call) for module, call in left if call.func in used)
