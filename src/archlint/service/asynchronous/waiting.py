"""Whether a plain function comes to a call that waits, of any kind that `blocking.toml` knows."""

from __future__ import annotations

from functools import lru_cache

from archlint.findings import Link
from archlint.service.asynchronous.blocking import Blocked, Reach, written
from archlint.service.calls.call_graph import Calls
from archlint.service.calls.functions import Function

KINDS = frozenset(
    {
        *("broker", "database", "file", "future", "http", "input", "loop", "mail", "session", "sleep"),
        *("socket", "subprocess"),
    }
)


def first_wait(calls: Calls, function: Function) -> Blocked | None:
    """The first call in the function that waits, or leads to one that does."""
    return next(_reach(calls).blocked(function), None)


def chain_of(blocked: Blocked) -> tuple[Link, ...]:
    """The way to the call, which may stand in the function itself."""
    text = f"`{blocked.function.short_name}` calls `{written(blocked.call.path)}`, which blocks"
    return blocked.chain or (Link(blocked.call.location, text),)


@lru_cache(maxsize=1)
def _reach(calls: Calls) -> Reach:
    """What waits, found once for all functions of a service."""
    return Reach(calls, KINDS)
