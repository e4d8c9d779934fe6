"""Which changes are about one thing: a column's key with the column, an index with its constraint.

So are the two steps by which autogenerate makes a foreign key anew that differs in its options.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from archlint.service.schema.alembic.comparison import Drift

_FOLLOWERS = {"column": ("unique", "foreign_key", "index"), "unique": ("index",)}


def grouped(changes: Iterable[Drift]) -> Mapping[Drift, tuple[Drift, ...]]:
    """Each change that leads, in the given order, with those on the same columns that go with it."""
    changes = tuple(changes)
    leaders: dict[object, Drift] = {}
    for kind in _FOLLOWERS:
        for change in changes:
            if change.on and _noun(change) == kind:
                leaders.setdefault(_subject(change), change)
    led: dict[Drift, list[Drift]] = {}
    old_keys = {_key(change): change for change in changes if change.kind == "remove_foreign_key"}
    for change in changes:
        leader = leaders.get(_subject(change), change)
        if change.kind == "add_foreign_key" and leader is change and (old := old_keys.get(_key(change))):
            led.setdefault(old, []).append(change)
            continue
        follows = _noun(change) in _FOLLOWERS.get(_noun(leader), ())
        members = led.setdefault(leader if follows else change, [])
        members += [change] if follows else []
    followers = {one for members in led.values() for one in members}
    return {one: tuple(led[one]) for one in changes if one not in followers}


def _key(change: Drift) -> object:
    return change.table, change.name


def _subject(change: Drift) -> object:
    """The side that has it, its table and its columns."""
    return change.kind.partition("_")[0], change.table, change.on


def _noun(change: Drift) -> str:
    return change.kind.partition("_")[2]
