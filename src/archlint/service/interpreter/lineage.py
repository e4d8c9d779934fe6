"""The order in which Python asks a class and its ancestors."""

from __future__ import annotations

from collections import Counter, deque
from typing import TypeVar

T = TypeVar("T")


def merged_orders(orders: list[list[T]]) -> list[T]:
    """The C3 linearization, https://docs.python.org/3/howto/mro.html; where there is none, depth first."""
    merged: dict[T, None] = {}
    later = Counter(base for order in orders for base in order[1:])
    pending = [deque(order) for order in orders if order]
    while pending:
        merged[next((order[0] for order in pending if not later[order[0]]), pending[0][0])] = None
        for order in pending:
            while order and order[0] in merged:
                order.popleft()
                if order:
                    later[order[0]] -= 1
        pending = [order for order in pending if order]
    return list(merged)
