"""Routers that something includes while the service runs: a loader of plugins, a switch.

The interpreter runs what happens when modules are imported and the app starts. What a function in use would
include later is not known, and said so.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterator

from archlint.facts.source import PythonSource
from archlint.facts.syntax import Attribute, Call, Node
from archlint.readings import summary
from archlint.service.interpreter.values import Origin
from archlint.service.semantics.live_code import Startup
from archlint.service.semantics.modules import Modules

_INCLUDE = "include_router"


def never_run(modules: Modules, ran: Container[Node], idle: Collection[Node]) -> Iterator[Origin]:
    """The calls of `….include_router(…)` in functions in use that are not among those that ran.

    Nor are those in functions that are known to be idle.
    """
    left = [
        (module, call) for module in modules.runtime for call in _including(module.source) if call not in ran
    ]
    if not left:
        return
    live = Startup(modules).attributes(_INCLUDE)
    used = {node for _, scope, node in live if scope and not any(outer in idle for outer in scope)}
    yield from (Origin(module, call) for module, call in left if call.func in used)


@summary
def _including(source: PythonSource) -> tuple[Call, ...]:
    calls = source.nodes.of(Call) if _INCLUDE in source.names else ()
    return tuple(call for call in calls if isinstance(call.func, Attribute) and call.func.attr == _INCLUDE)
