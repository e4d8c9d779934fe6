"""How large values are."""

from __future__ import annotations

from archlint.service.interpreter.values import Value

_MOST = 500


def is_small(value: Value) -> bool:
    """Whether a value has few parts, however they nest: then it can be hashed, compared and sorted."""
    pending, count = [value], 0
    while pending:
        one = pending.pop()
        if isinstance(one, list | tuple | dict | set):
            count += 1 + len(one)
            if count > _MOST:
                return False
            pending.extend(one)
    return True
