"""The way back and forth: `alembic downgrade base` after the upgrade, and the second upgrade after that."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import NamedTuple

from msgspec import Struct, field

from archlint.facts.syntax import FunctionDef
from archlint.findings import Location
from archlint.service.migrations.revisions import Revision, does_nothing, only_raises
from archlint.service.schema.alembic.differences import GONE, Difference, differences
from archlint.service.schema.alembic.history import Deed, History
from archlint.service.schema.alembic.replay import Done, Replay, ReplayProblem
from archlint.service.schema.core.tables import title

_LEFT = "`downgrade()` does not take it back"
_FURTHER = "the downgrade does more than to take the upgrade back"
_OTHERWISE = "the downgrade makes another table than there was"
_CHANGING = ("execute", "rename", "alter")
_REMOVING = ("drop", *_CHANGING)
_MAKING = {"table": ("create_table", *_CHANGING), "column": ("add_column", *_CHANGING)}
_MAKING_OTHERS = ("create", "add", *_CHANGING)
"""The beginnings of operations after which something is not there any more, or is there."""


class Leftover(Struct, frozen=True):
    """Something that a revision's downgrade does not take back, with the operation that did it.

    Where the upgrade did no such thing, that is one of the downgrade: it `goes_further`.
    """

    revision: Revision
    location: Location
    operation: str
    words: str
    goes_further: bool = False


class Step(NamedTuple):
    """An operation and what is wrong with it; nothing after one that is `refused` can be told for certain."""

    revision: Revision
    location: Location
    operation: str
    problem: str
    refused: bool = False


class RoundTrip(Struct, eq=False, frozen=True, dict=True):
    """`downgrade base` and a second `upgrade heads`, each a run of Alembic of its own.

    Of what PostgreSQL refuses everything is told, not only the first, which would end the run: the tables
    concerned are unknown from there on.
    """

    history: History
    completed: bool = False
    """Whether a downgrade that is not there is taken for the right one, so that nothing follows from it."""

    @cached_property
    def downgrade(self) -> tuple[ReplayProblem, ...]:
        """What `alembic downgrade base` would be refused, in its order."""
        return self._certain(self._down.problems)

    @cached_property
    def leftovers(self) -> tuple[Leftover, ...]:
        """What the downgrades do not take back, whether or not anything is refused for it."""
        return tuple(self._down.leftovers)

    @cached_property
    def second_upgrade(self) -> tuple[ReplayProblem, ...]:
        """What `alembic upgrade heads` would be refused after that.

        After a first one that fails only what always does is certain, and that has failed in the first.
        """
        if self._down.ended:
            return ()
        if self.history.problems:
            return self._certain(self.history.problems)
        again = self._replay(self._down.replay)
        return self._certain([p for revision in self._order for p in again.run(revision, "upgrade")])

    @cached_property
    def untold(self) -> tuple[tuple[str, str], ...]:
        """What the source does not tell: of which tables, and why."""
        if self.history.problems:
            return (("the revisions", f"their upgrade fails: {self.history.problems[0].message}"),)
        database = self._down.replay.database
        if database.blank is not None:
            return (("the revisions", database.blank),)
        refused = {problem.message for problem in self._down.problems}
        untold = {title(key): why for key, why in database.untold.items() if why not in refused}
        return tuple((f"table `{name}`", why) for name, why in sorted(untold.items()))

    @property
    def steps(self) -> Iterator[Step]:
        """What is told of operations, the worst first."""
        refused = {problem.location: problem.message for problem in self.second_upgrade}
        for problem in self.downgrade:
            words = f"the downgrade fails: {problem.message}"
            yield Step(problem.revision, problem.location, problem.operation, words, refused=True)
        for left in self.leftovers:
            words = f"{_charge(left)}: {left.words}"
            if left.location in refused:
                words += f", and the next upgrade fails: {refused[left.location]}"
            yield Step(left.revision, left.location, left.operation, words)
        explained = {left.revision.id for left in self.leftovers}
        for problem in self.second_upgrade:
            if problem.revision.id not in explained:
                words = f"the next upgrade after a downgrade fails: {problem.message}"
                yield Step(problem.revision, problem.location, problem.operation, words)

    def _certain(self, problems: Sequence[ReplayProblem]) -> tuple[ReplayProblem, ...]:
        """After an upgrade that fails nothing is certain but what always does."""
        return tuple(problem for problem in problems if problem.always or not self.history.problems)

    @property
    def _order(self) -> tuple[Revision, ...]:
        return self.history.order or ()

    @cached_property
    def _down(self) -> _Down:
        compares = not self.history.problems
        down = _Down(self._replay(self.history.upgraded), self.completed, compares)
        for revision in reversed(self._order):
            down.run(revision, self.history.deeds[revision.id])
            if down.ended:
                break
        return down

    def _replay(self, after: Replay) -> Replay:
        database, mode = after.database.snapshot(), self.history.transactions
        return Replay(self.history.modules, self.history.convention, database, transactions=mode)


class _Down(Struct, dict=True):
    """The downgrade under way."""

    replay: Replay
    completed: bool
    compares: bool
    """Whether the upgrade went through, so that what is left of it can be told."""

    problems: list[ReplayProblem] = field(default_factory=list)
    leftovers: list[Leftover] = field(default_factory=list)
    ended: bool = False
    """Whether a downgrade only raises: Alembic goes no further down, ever."""

    def run(self, revision: Revision, deed: Deed) -> None:
        """Take one revision back, and compare with what was before it."""
        database = self.replay.database
        function = revision.function("downgrade")
        if function is not None and only_raises(function):
            self._raise(revision, function)
            return
        if self.completed and (function is None or does_nothing(function)):
            made, dropped = deed.types_after - deed.types_before, deed.types_before - deed.types_after
            database.put_back(deed.before, made, dropped)
            return
        if not self.compares:
            self.problems += self.replay.run(revision, "downgrade")
            return
        there = {key: database.copy_of(key) for key in deed.before}
        types = frozenset(database.types)
        self.problems += self.replay.run(revision, "downgrade")
        now = {key: database.copy_of(key) for key in deed.before}
        before = {key: deed.before[key] for key in now if database.has_table(key) is not None}
        late = set(differences(deed.after, there, database.untold))
        kinds = (
            d for d in _types(deed, types, frozenset(database.types)) if d.name not in database.untold_types
        )
        tables = list(differences(before, now, database.untold))
        if database.blank is None:
            left = [one for one in (*tables, *kinds) if one not in late]
            left = [one for one in left if one.is_whole or not self._is_named(one)]
            done = set(differences(deed.before, deed.after, database.untold))
            further = {one for one in tables if one.is_whole and one not in done}
            self.leftovers += [self._blamed(revision, deed, one, one not in further) for one in left]

    def _blamed(self, revision: Revision, deed: Deed, found: Difference, by_upgrade: bool) -> Leftover:
        """The operation of the upgrade that did it, or that of the downgrade where the upgrade did not."""
        own = None if by_upgrade else _doing(self.replay.done, found)
        done = own or _doing(deed.done, found)
        if done is None:
            return Leftover(revision, revision.location, "upgrade()", found.words)
        return Leftover(revision, done.location, done.operation, found.words, own is not None)

    def _is_named(self, found: Difference) -> bool:
        """Whether the downgrade does something to it, if not quite what the upgrade did."""
        return any({found.table, found.name} <= done.words for done in self.replay.done)

    def _raise(self, revision: Revision, function: FunctionDef) -> None:
        place = revision.place(function)
        self.problems.append(ReplayProblem(revision, place, "downgrade()", "it only raises", always=True))
        self.ended = True


def _charge(left: Leftover) -> str:
    if not left.goes_further:
        return _LEFT
    return _OTHERWISE if left.operation.endswith("create_table") else _FURTHER


def _types(deed: Deed, there: frozenset[str], now: frozenset[str]) -> Iterator[Difference]:
    """Enumerations that the upgrade made and the downgrade leaves, and the other way round."""
    for name in sorted((deed.types_after - deed.types_before) & there & now):
        yield Difference("type", name, name, name)
    for name in sorted(deed.types_before - deed.types_after - there - now):
        yield Difference("type", name, name, name, GONE)


def _doing(done: Sequence[Done], found: Difference) -> Done | None:
    """The last operation that may do it and names the thing, or else its table; else any, or the only one.

    A column's name alone tells nothing: each table may have one of that name.
    """
    kinds = _REMOVING if found.is_gone else _MAKING.get(found.kind, _MAKING_OTHERS)
    fitting = [one for one in done if one.operation.rpartition(".")[2].startswith(kinds)]
    by_names: list[set[str]] = [{found.table, found.name}, {found.name}, {found.table}]
    if found.kind == "column":
        del by_names[1]
    plain = [one for one in fitting if not one.operation.endswith("execute")]
    for candidates in (plain, fitting, done):
        for words in by_names:
            for one in reversed(candidates):
                if words <= one.words:
                    return one
    return done[0] if len(done) == 1 else None
