"""Where requests get their SQLAlchemy sessions."""

from __future__ import annotations

from collections.abc import Iterator

from archlint.service.calls.call_graph import Calls
from archlint.service.calls.edge import LibraryCall
from archlint.service.calls.execution_places import Where
from archlint.service.semantics.library_names import objects_of

_SERVING = frozenset({Where.LOOP, Where.THREAD})


def opened_sessions(calls: Calls) -> Iterator[LibraryCall]:
    """The calls that open a synchronous session in functions that serve requests."""
    for function in sorted(calls.functions, key=lambda function: function.order):
        if function.module.path in calls.modules.by_path and _SERVING & calls.where(function):
            for call in calls.library_calls(function):
                made = call.path.endswith("()") or call.path[:1].islower()
                if made and not call.main and calls.knowledge.result(call.path) in objects_of("session"):
                    yield call
