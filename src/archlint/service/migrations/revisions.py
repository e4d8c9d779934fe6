"""Alembic revisions as their files declare them, and what is wrong with the graph that they make.

Graph rules are those of `alembic/script/revision.py`: parents are named in full, labels pass to descendants
and up to the next branch point or merge.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from graphlib import CycleError, TopologicalSorter

from msgspec import Struct

from archlint.facts.source import PythonSource
from archlint.facts.syntax import (
    Assign,
    ClassDef,
    Constant,
    Evaluate,
    Expression,
    FunctionDef,
    If,
    Import,
    ImportFrom,
    Name,
    Node,
    Raise,
    Return,
    Sequence,
    Simple,
    Statement,
    Try,
    With,
)
from archlint.findings import Link, Location, Unknown
from archlint.service.semantics.bindings import statements


class Revision(Struct, eq=False, frozen=True, dict=True):
    """One revision file. `parents` are its `down_revision`s, `labels` its own branch labels.

    `location` is where its id is assigned, `parents_location` where its parents are. `depends_on` has ids or
    labels of revisions that must come before, without being parents.
    """

    file: str
    id: str
    location: Location
    parents: tuple[str, ...]
    parents_location: Location
    labels: frozenset[str]
    source: PythonSource
    depends_on: tuple[str, ...] = ()

    def function(self, name: str) -> FunctionDef | None:
        """The file's function of that name, the last one."""
        functions = (s for s in self.source.body if isinstance(s, FunctionDef) and s.name == name)
        return next(reversed([*functions]), None)

    def binds(self, name: str) -> bool:
        """Whether anything but a `def` could bind `name`: an assignment, an import, a branch."""
        return any(not isinstance(s, FunctionDef | Evaluate) and _may_bind(s, name) for s in self.source.body)

    def place(self, node: Node) -> Location:
        """Where a node of the file stands."""
        return self.source.location(self.file, node.start, node.end)


def read_revision(file: str, source: PythonSource) -> Revision | Unknown | None:
    """The revision that a file declares; None for a file that assigns no `revision` at all."""
    assigned = dict(_assignments(source))
    if "revision" not in assigned:
        broken = Unknown(f"the revision `{file}`", Location(file), "the file has syntax errors")
        return broken if source.problems else None
    values = {name: _value(s.value, assigned, 5) for name, s in assigned.items() if name in _ATTRIBUTES}
    place = _place(source, file, assigned["revision"])
    dynamic = next((name for name in _ATTRIBUTES if values.get(name, ()) is None), None)
    if dynamic is not None:
        spot = _place(source, file, assigned[dynamic])
        return Unknown(f"the revision `{file}`", spot, f"`{dynamic}` is not a literal")
    if len(values["revision"] or ()) != 1:
        return Unknown(f"the revision `{file}`", place, "`revision` is not one string")
    parents = assigned.get("down_revision", assigned["revision"])
    return Revision(
        file,
        (values["revision"] or ("",))[0],
        place,
        values.get("down_revision") or (),
        _place(source, file, parents),
        frozenset(values.get("branch_labels") or ()),
        source,
        values.get("depends_on") or (),
    )


_ATTRIBUTES = ("revision", "down_revision", "branch_labels", "depends_on")


def _assignments(source: PythonSource) -> Iterator[tuple[str, Assign]]:
    for statement in source.body:
        if isinstance(statement, Assign) and statement.value is not None:
            yield from ((target.id, statement) for target in statement.targets if isinstance(target, Name))


def _value(node: Expression | None, assigned: Mapping[str, Assign], depth: int) -> tuple[str, ...] | None:
    """The strings of a literal: of None none, of a name what it was assigned; None when it is computed."""
    match node:
        case Constant(value=None):
            return ()
        case Constant(value=str(text)):
            return (text,)
        case Sequence(items=items):
            parts = [_value(item, assigned, depth) for item in items]
            return None if None in parts else tuple(text for part in parts for text in part or ())
        case Name(id=name) if name in assigned and depth:
            return _value(assigned[name].value, assigned, depth - 1)
    return None


def _place(source: PythonSource, file: str, node: Node) -> Location:
    return source.location(file, node.start, node.end)


def _may_bind(statement: Statement, name: str) -> bool:
    if isinstance(statement, Import | ImportFrom):
        return any((alias.asname or alias.name) in {name, "*"} for alias in statement.names)
    if isinstance(statement, Assign):
        return any(isinstance(target, Name) and target.id == name for target in statement.targets)
    return isinstance(statement, If | Try | With) or (
        isinstance(statement, ClassDef) and statement.name == name
    )


def does_nothing(function: FunctionDef) -> bool:
    """Whether a body is only a docstring, `pass`, `...` and `return`."""
    return all(_is_idle(statement) for statement in function.body)


def only_raises(function: FunctionDef) -> bool:
    """Whether a body always ends in a `raise`: what it did before is taken back with its transaction."""
    for statement in function.body:
        if isinstance(statement, Raise):
            return True
        if any(isinstance(one, Return) for one in statements((statement,))):
            return False
    return False


def out_of_reach(revisions: Iterable[Revision]) -> frozenset[str]:
    """The revisions to which no downgrade comes, for that of one above them only raises."""
    known = {revision.id: revision for revision in revisions}
    final = [one for one in known.values() if (down := one.function("downgrade")) and only_raises(down)]
    found: set[str] = set()
    pending = [parent for revision in final for parent in revision.parents]
    while pending:
        current = pending.pop()
        if current in known and current not in found:
            found.add(current)
            pending += known[current].parents
    return frozenset(found)


def _is_idle(statement: Statement) -> bool:
    match statement:
        case Simple(keyword="pass") | Return(value=None | Constant(value=None)):
            return True
        case Evaluate(value=Constant() | Name(id="...")):
            return True
    return False


class Break(Struct, frozen=True):
    """A place where the graph is broken; `revision` is the id concerned, `chain` what else is part of it."""

    location: Location
    revision: str
    problem: str
    chain: tuple[Link, ...] = ()


class RevisionGraph(Struct, eq=False, frozen=True, dict=True):
    """The revisions of one environment. `complete` is false when a file of it could not be read."""

    revisions: tuple[Revision, ...]
    complete: bool

    @cached_property
    def by_id(self) -> dict[str, Revision]:
        """The first revision of each id, in the order of files."""
        return {revision.id: revision for revision in reversed(self._sorted)}

    @cached_property
    def _sorted(self) -> list[Revision]:
        return sorted(self.revisions, key=lambda revision: revision.file)

    def breaks(self) -> Iterator[Break]:
        """Duplicated ids and cycles; in a complete graph also missing parents and heads that are alike."""
        yield from self._duplicates()
        yield from self._cycles()
        if self.complete:
            yield from self._missing()
            yield from self._heads()

    def _duplicates(self) -> Iterator[Break]:
        for revision in self._sorted:
            first = self.by_id[revision.id]
            if first is not revision:
                chain = (Link(first.location, f"`{revision.id}` is taken here"),)
                yield Break(revision.location, revision.id, f"has the id of `{first.file}`", chain)

    def _missing(self) -> Iterator[Break]:
        for revision in self._sorted:
            for parent in revision.parents:
                if parent not in self.by_id:
                    problem = f"follows `{parent}`, which no file declares"
                    yield Break(revision.parents_location, revision.id, problem)

    def _cycles(self) -> Iterator[Break]:
        """One break for each cycle, at its first file."""
        for first, *others in sorted(self._found_cycles(), key=lambda cycle: cycle[0].file):
            names = " → ".join(f"`{revision.id}`" for revision in (first, *others, first))
            chain = tuple(Link(r.parents_location, f"`{r.id}` is on it") for r in others)
            yield Break(first.parents_location, first.id, f"follows itself: {names}", chain)

    def _found_cycles(self) -> Iterator[list[Revision]]:
        """Cycles that share no revision, each from its first file on, parent by parent."""
        parents = {id_: [p for p in r.parents if p in self.by_id] for id_, r in self.by_id.items()}
        while parents:
            try:
                TopologicalSorter(parents).prepare()
                return
            except CycleError as error:
                cycle = [self.by_id[id_] for id_ in reversed(error.args[1][1:])]
            start = cycle.index(min(cycle, key=lambda revision: revision.file))
            yield [*cycle[start:], *cycle[:start]]
            left = parents.keys() - {revision.id for revision in cycle}
            parents = {id_: [p for p in parents[id_] if p in left] for id_ in sorted(left)}

    def _heads(self) -> Iterator[Break]:
        """Heads with equal labels, as one break at the first file's.

        `alembic upgrade head` refuses several, and no label picks one.
        """
        alike: dict[frozenset[str], list[Revision]] = {}
        for head in self.heads:
            alike.setdefault(self.labels[head.id], []).append(head)
        for head, *others in alike.values():
            if others:
                chain = tuple(Link(other.location, f"`{other.id}` is a head too") for other in others)
                names = ", ".join(f"`{other.id}`" for other in others)
                yield Break(head.location, head.id, f"is a head beside {names}", chain)

    @cached_property
    def heads(self) -> tuple[Revision, ...]:
        """The revisions that no other follows, by file."""
        followed = {parent for revision in self.revisions for parent in revision.parents}
        return tuple(r for r in self._sorted if r.id not in followed and self.by_id[r.id] is r)

    @cached_property
    def labels(self) -> dict[str, frozenset[str]]:
        """Every revision's labels, those of its branch included."""
        found: dict[str, set[str]] = {id_: set() for id_ in self.by_id}
        children: dict[str, list[str]] = {}
        for revision in self.by_id.values():
            for parent in revision.parents:
                children.setdefault(parent, []).append(revision.id)
        for revision in self.by_id.values():
            for reached in self._reached(revision, children) if revision.labels else ():
                found[reached] |= revision.labels
        return {id_: frozenset(labels) for id_, labels in found.items()}

    def _reached(self, labelled: Revision, children: Mapping[str, list[str]]) -> Iterable[str]:
        seen, pending = set[str](), [labelled.id]
        while pending:
            current = pending.pop()
            if current not in seen and current in self.by_id:
                seen.add(current)
                pending.extend(children.get(current, ()))
        upward = labelled
        while len(upward.parents) == 1 and upward.parents[0] in self.by_id:
            upward = self.by_id[upward.parents[0]]
            if upward.id in seen or len(children.get(upward.id, ())) > 1 or len(upward.parents) > 1:
                break
            seen.add(upward.id)
        return seen
