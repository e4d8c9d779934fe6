"""Which changes are about one thing: a column's key with the column, an index with its constraint.

So are the two steps by which autogenerate makes a foreign key anew that differs in its options, and those by
which an index takes the place of a unique constraint on the same columns, or a constraint that of an index.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from archlint.service.schema.alembic.comparison import Drift

_FOLLOWERS = {"column": ("unique", "foreign_key", "index"), "unique": ("index",)}
_REPLACED = {"add_index": "remove_unique", "change_index": "remove_unique", "add_unique": "remove_index"}


def grouped(changes: Iterable[Drift]) -> Mapping[Drift, tuple[Drift, ...]]:
    """Each change that leads, in the given order, with those on the same columns that go with it."""
    changes = tuple(changes)
    leaders = dict((*_replaced(changes), *_made_anew(changes), *_on_one_side(changes)))
    led: dict[Drift, list[Drift]] = {change: [] for change in changes if change not in leaders}
    for change in changes:
        leader = change
        while leader in leaders:
            leader = leaders[leader]
        led[leader] += [change] if leader is not change else []
    return {leader: tuple(members) for leader, members in led.items()}


def _replaced(changes: tuple[Drift, ...]) -> Iterator[tuple[Drift, Drift]]:
    """What only the migrations have, with what the models have in its place."""
    there = {
        (_REPLACED[one.kind], one.table, one.on): one for one in changes if one.kind in _REPLACED and one.on
    }
    for change in changes:
        if leader := there.get((change.kind, change.table, change.on)):
            yield change, leader


def _made_anew(changes: tuple[Drift, ...]) -> Iterator[tuple[Drift, Drift]]:
    """What a foreign key becomes, with what it was."""
    old = {(one.table, one.name): one for one in changes if one.kind == "remove_foreign_key"}
    for change in changes:
        if change.kind == "add_foreign_key" and (leader := old.get((change.table, change.name))):
            yield change, leader


def _on_one_side(changes: tuple[Drift, ...]) -> Iterator[tuple[Drift, Drift]]:
    """What goes with a column or constraint that the same side has."""
    leaders: dict[object, Drift] = {}
    for kind in _FOLLOWERS:
        for change in changes:
            if change.on and _noun(change) == kind:
                leaders.setdefault(_subject(change), change)
    for change in changes:
        leader = leaders.get(_subject(change), change)
        if _noun(change) in _FOLLOWERS.get(_noun(leader), ()):
            yield change, leader


def _subject(change: Drift) -> object:
    """The side that has it, its table and its columns."""
    return change.kind.partition("_")[0], change.table, change.on


def _noun(change: Drift) -> str:
    return change.kind.partition("_")[2]
