"""Which bindings of a local name may hold where it is used."""

from __future__ import annotations

from archlint.service.calls.sites import BindingSite


def reaching_bindings(
    bindings: list[BindingSite] | tuple[()], at: int | None
) -> tuple[list[BindingSite], bool]:
    """The bindings that may hold at an offset, and whether one of them replaces what was before."""
    if at is None:
        return list(bindings), False
    found: list[BindingSite] = []
    for binding in reversed([one for one in bindings if one.start <= at]):
        if binding.limited and at > binding.block[1]:
            continue
        found.insert(0, binding)
        if binding.block[0] <= at <= binding.block[1]:
            return found, True
    return found or [one for one in bindings if not one.limited], False
