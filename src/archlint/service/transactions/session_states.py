"""What the sessions of a request have seen on the ways through it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from typing import TypeAlias

from msgspec import Struct

from archlint.facts.syntax import Node
from archlint.findings import Location
from archlint.service.calls.edge import Edge
from archlint.service.calls.functions import Function

Token: TypeAlias = object
"""One session, whatever it is called where it is used."""

BranchContext: TypeAlias = tuple[object, ...]
"""The branches and loops around something, outermost first."""

_MAX_VARIANTS = 6


class Arm(Struct, frozen=True):
    """One of the ways on from `node`, in the function that `chain` leads to.

    `which` is None for what comes after those that do not leave.
    """

    node: Node
    chain: tuple[Edge, ...]
    which: object = None
    leaves: bool = False


class Tolerated(Struct, frozen=True):
    """A `try` in whose handlers the work goes on: what fails there is no failure of the rest."""

    node: Node
    chain: tuple[Edge, ...]


class SessionMark(Struct, frozen=True):
    """A write or commit on the way: where, in which branches, by which calls."""

    function: Function
    location: Location
    text: str
    context: BranchContext
    chain: tuple[Edge, ...]


Variant: TypeAlias = tuple[SessionMark, ...]
"""What a session has seen on one way: a write, a commit, a write after it."""

States: TypeAlias = dict[Token, tuple[Variant, ...]]
BlockOutcome: TypeAlias = dict[str, States]
"""The states by how a block is left: `next`, `return`, `break`, `continue`."""


def join(groups: Sequence[States]) -> States:
    """All variants of the groups."""
    first, *others = groups
    if all(other is first for other in others):
        return first
    groups = (first, *others)
    found: dict[Token, dict[Variant, None]] = {}
    for states in groups:
        for token, variants in states.items():
            found.setdefault(token, {}).update(dict.fromkeys(variants))
    return {token: _fewer(tuple(variants)) for token, variants in found.items()}


def merge(outcomes: Iterable[BlockOutcome]) -> BlockOutcome:
    """The outcomes of alternatives as one."""
    found: dict[str, list[States]] = {}
    for outcome in outcomes:
        for way, states in outcome.items():
            found.setdefault(way, []).append(states)
    return {way: join(groups) for way, groups in found.items()}


def written(states: States, token: Token, mark: SessionMark) -> States:
    """The states after a write on the session: the first before a commit counts, and the first after it."""
    return _changed(states, token, lambda one: (*one, mark) if len(one) in {0, 2} else one)


def rolled_back(states: States, token: Token) -> States:
    """The states after a rollback: what was not committed never was."""
    return _changed(states, token, lambda one: one[:-1] if len(one) % 2 else one)


def committed(states: States, token: Token, mark: SessionMark) -> tuple[States, list[Variant]]:
    """The states after a commit, and the variants that it makes the second commit of."""
    splits = [(*one, mark) for one in states.get(token, ()) if len(one) == 3]
    after = _changed(states, token, lambda one: (*one, mark) if len(one) == 1 else one[:2])
    return after, [one for one in splits if _is_certain(one)]


def _changed(states: States, token: Token, change: Callable[[Variant], Variant]) -> States:
    variants = tuple(dict.fromkeys(change(one) for one in states.get(token, ((),))))
    return {**states, token: _fewer(variants)}


def _is_certain(variant: Variant) -> bool:
    """Whether all marks lie on one way, and whoever comes to the second commit has made the first.

    Of two branches side by side nobody knows whether one run takes both, so the branches of each mark must
    be those of the others, or lie in them. A first commit that not every run makes, such as that of
    `get_or_create`, is a step of its own; and so is what may fail without the rest.
    """
    _, first, _, second = variant
    contexts = sorted({mark.context for mark in variant}, key=len)
    nested = all(longer[: len(shorter)] == shorter for shorter, longer in pairwise(contexts))
    always = second.context[: len(first.context)] == first.context
    return nested and always and len({_tolerated(mark) for mark in variant}) == 1


def on_one_way(marks: Iterable[SessionMark], depth: int = 0) -> list[SessionMark]:
    """The most of these marks that one run can come to: of the arms of a choice it takes one."""
    found: list[SessionMark] = []
    choices: dict[object, dict[Arm, list[SessionMark]]] = {}
    inner: dict[object, list[SessionMark]] = {}
    for mark in marks:
        match mark.context[depth : depth + 1]:
            case (Arm() as arm,):
                choices.setdefault((arm.node, arm.chain), {}).setdefault(arm, []).append(mark)
            case (other,):
                inner.setdefault(other, []).append(mark)
            case _:
                found.append(mark)
    for group in inner.values():
        found += on_one_way(group, depth + 1)
    for arms in choices.values():
        found += _longest({arm: on_one_way(group, depth + 1) for arm, group in arms.items()})
    return found


def _longest(arms: dict[Arm, list[SessionMark]]) -> list[SessionMark]:
    """The longest way through a choice: an arm that leaves, or another one and what comes after it."""
    leaving = [marks for arm, marks in arms.items() if arm.leaves]
    staying = [marks for arm, marks in arms.items() if arm.which is not None and not arm.leaves]
    after = [mark for arm, marks in arms.items() if arm.which is None for mark in marks]
    return max([*leaving, max(staying, key=len, default=[]) + after], key=len)


def _tolerated(mark: SessionMark) -> frozenset[object]:
    return frozenset(one for one in mark.context if isinstance(one, Tolerated))


def _fewer(variants: tuple[Variant, ...]) -> tuple[Variant, ...]:
    """The variants with the fewest branches, when there are many."""
    if len(variants) <= _MAX_VARIANTS:
        return variants
    ordered = sorted(variants, key=lambda one: (len(one), sum(len(mark.context) for mark in one)))
    kept: list[Variant] = []
    for phase in range(4):
        kept += [one for one in ordered if len(one) == phase][: _MAX_VARIANTS // 2]
    return tuple(kept)
