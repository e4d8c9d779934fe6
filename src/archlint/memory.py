"""What rules said in runs before, as long as nothing has changed that was read before they spoke.

Rules are asked in groups; each group reads its own `Service`. What a rule of a group says depends at most on
what the group has read in that run when the rule has spoken (`readings`), which is the run's trace. A rule is
kept with its trace and two numbers, how far into the code, and how far into the documents. Where the first
change lies behind these, the rule would say the same, and stays with the trace; a run adds one trace for what
it has to ask. `docs/decisions/speed.md` says more.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec.structs import replace

from archlint import readings
from archlint.answers import digest, own_code
from archlint.changes import ReadChanges
from archlint.discover import Repository
from archlint.document_differences import DocumentMoves
from archlint.facts.differences import STATEMENTS, FileDifference, numbered
from archlint.facts.moves import Moves
from archlint.facts.source import PythonSource
from archlint.facts.store import Facts
from archlint.findings import Location
from archlint.readings import Readings
from archlint.said import RuleResult, moved
from archlint.traces import (
    SUFFIX,
    CodeRead,
    FilePart,
    GroupTrace,
    KeptResult,
    PartTable,
    RunTraces,
    load,
    save,
)

_MOST_TRACES = 16


class Memory:
    """What the run before has left under a name and a key, for this run and the next.

    Without a folder nothing is kept.
    """

    def __init__(
        self,
        folder: Path | None,
        name: str,
        key: str,
        repository: Repository,
        facts: Facts,
        is_alike: Callable[[str, str, FileDifference], bool] = lambda path, part, difference: False,
    ) -> None:
        self._facts, self._key = facts, key
        self.is_kept = True
        self._path = None if folder is None else folder / f"{name}{SUFFIX}"
        self._before = before = load(self._path, key)
        self._changes = ReadChanges(before, repository, facts, is_alike)
        self._parts = PartTable(before.parts if before else ())
        parts, traces = (before.parts, before.traces) if before else ([], [])
        self._remembered = [_Remembered(one, parts, self._changes) for one in traces]
        self._asked: dict[str, _Asked] = {}
        self._now: _Asked | None = None
        readings.decided.clear()

    def begin(self, group: str) -> None:
        """Ask the rules of a group from now on."""
        asked = self._asked.setdefault(group, _Asked(group))
        if self._now is not asked:
            self._end()
            readings.begin()
            self._now = asked

    def recall(self, symbol: Callable[[Location], str], *names: str) -> RuleResult | None:
        """What a rule would say that is kept under one of these; None where it has to be asked.

        `symbol` tells the definition at a place.
        """
        found = (one.said(name, symbol) for name in names for one in self._remembered)
        return next((one for one in found if one is not None), None)

    def keep(self, name: str, said: RuleResult) -> None:
        """Keep what a rule of the group has said just now."""
        if self._now is not None:
            self._now.keep(name, msgspec.msgpack.encode(said))

    def answer(self, name: str, find: Callable[[], bytes]) -> bytes:
        """What `find` finds, which reads what the group reads, or has found before and would again."""
        assert self._now is not None
        known = (one.recall(name) for one in self._remembered)
        found = next((one for one in known if one is not None), None)
        if found is None:
            found = find()
            self._now.keep(name, found)
        return found

    def is_as_before(self, name: str, find: Callable[[], str]) -> bool:
        """Whether `find`, which reads what the group reads, finds what it has found in the run before."""
        assert self._now is not None
        if any(one.recall(name) is not None for one in self._remembered):
            return True
        found = msgspec.msgpack.encode(find())
        self._now.keep(name, found)
        return any(one.told(name) == found for one in self._remembered)

    def forget(self, group: str) -> None:
        """Take nothing that this group's rules said before."""
        self._remembered = [one for one in self._remembered if one.group != group]

    def _end(self) -> None:
        if self._now is not None:
            self._now.read = readings.so_far()

    def save(self) -> None:
        """Leave it to the next run; where nothing can be written, nothing is."""
        if self._path is None or not self.is_kept:
            return
        self._end()
        numbers = {path: number for number, path in enumerate(self._facts)}
        names = _Names(numbers, self._facts.decoded())
        traces = [one.packed(names, self._parts) for one in self._asked.values()]
        kept = [one for one in (one.packed(self._parts) for one in self._remembered) if one.kept]
        traces += kept
        decided = sorted(readings.decided.union(self._changes.decided if kept else ()))
        traces = sorted((one for one in traces if one.kept), key=lambda one: -len(one.kept))[:_MOST_TRACES]
        parts = {part for trace in traces for part in trace.documents}
        documents, contents, told = self._changes.read(parts)
        files, digests = list(numbers), [self._facts.digests.get(path, b"") for path in numbers]
        read = documents, contents, told
        run = RunTraces(self._key, files, digests, decided, *read, list(self._parts), traces)
        if run != self._before:
            save(self._path, run)


def key_of(repository: Repository, facts: Facts, *others: str) -> str:
    """The key of what hangs on nothing but these files, archlint itself, and the others."""
    unreadable = (f"{path} {reason}" for path, reason in facts.unreadable.items())
    return digest_of(own_code(), sys.version, sys.byteorder, *others, *unreadable, "files", *repository.files)


def digest_of(*parts: str) -> str:
    """What tells some texts from others."""
    return digest("\0".join(parts).encode("utf-8", "surrogateescape"))


class _Remembered:
    """The rules of a trace: what of it still holds."""

    def __init__(self, trace: GroupTrace, parts: Sequence[int | str], changes: ReadChanges) -> None:
        self._trace, self._changes = trace, changes
        self._read = CodeRead(trace.code, parts)
        self.group = trace.group
        self._code = changes.first_code(self._read)
        self._documents = changes.first_document(trace.documents)
        self._edited = {part.partition("\0")[0] for part in trace.documents} & changes.edited_documents.keys()
        self._held: dict[str, KeptResult] = {}
        self._moved: dict[int, Moves] = {}

    def told(self, name: str) -> bytes | None:
        """What was said in the run before, whether it holds or not."""
        kept = self._trace.kept.get(name)
        return None if kept is None else kept.said

    def recall(self, name: str) -> bytes | None:
        """What would be found; None where something has changed that was read before it was found."""
        kept = self._trace.kept.get(name)
        if kept is None or kept.after_code > self._code or kept.after_documents > self._documents:
            return None
        self._held[name] = kept
        return kept.said

    def said(self, name: str, symbol: Callable[[Location], str]) -> RuleResult | None:
        """What a rule would say, at the places as they are now; None where it has to be asked."""
        packed = self.recall(name)
        if packed is None:
            return None
        said = _RESULT.decode(packed)
        named = [number for number, path in self._changes.edited.items() if path in packed]
        documents = [path for path in self._edited if os.fsencode(path) in packed]
        if not named and not documents:
            return said
        found = moved(said, {**self._document_moves(documents), **self._moves(named)}, symbol)
        kept = self._held.pop(name)
        if found is not None:
            self._held[name] = replace(kept, said=msgspec.msgpack.encode(found))
        return found

    def _moves(self, files: Iterable[int]) -> dict[str, Moves]:
        """Where places are now, as what has not changed of what the group has read tells."""
        for file in files:
            if file not in self._moved:
                read = (part for at, (_, part) in self._read.of({file}) if at < self._code)
                self._moved[file] = self._changes.moves(file, read)
        return {self._changes.files[file]: self._moved[file] for file in files}

    def _document_moves(self, paths: Iterable[str]) -> dict[str, DocumentMoves]:
        read = self._trace.documents[: self._documents]
        return {
            path: self._changes.edited_documents[path].moves(p for p in read if p.startswith(f"{path}\0"))
            for path in paths
        }

    def packed(self, parts: PartTable) -> GroupTrace:
        """What holds, with as much of the trace as that needs."""
        code = max((one.after_code for one in self._held.values()), default=0)
        documents = max((one.after_documents for one in self._held.values()), default=0)
        renumbered = self._changes.renumbered(self._read, code)
        read = self._read.packed(code) if renumbered is None else parts.packed(renumbered)
        return GroupTrace(self.group, read, self._trace.documents[:documents], self._held)


class _Asked:
    """The rules of a group that are asked in this run; `read` is what they have read in the end."""

    def __init__(self, group: str) -> None:
        self.group = group
        self.read = Readings()
        self._said: dict[str, tuple[int, int, bytes]] = {}

    def keep(self, name: str, said: bytes) -> None:
        """Keep what was said now that this much was read."""
        self._said[name] = len(readings.code), len(readings.documents), said

    def packed(self, names: _Names, parts: PartTable) -> GroupTrace:
        """What was read, in order."""
        code: dict[FilePart, None] = {}
        after_code = list(_lengths(code, map(names.of, self.read.code)))
        said = {
            name: KeptResult(after_code[read], told, packed)
            for name, (read, told, packed) in self._said.items()
        }
        return GroupTrace(self.group, parts.packed(code), list(self.read.documents), said)


def _lengths(known: dict[FilePart, None], read: Iterable[FilePart | None]) -> Iterator[int]:
    """How much is known before each thing that was read, and at the end."""
    for one in read:
        yield len(known)
        if one is not None:
            known[one] = None
    yield len(known)


class _Names:
    """The numbers of files, and of functions in them, for what `readings` have noticed."""

    def __init__(self, numbers: Mapping[str, int], sources: Iterable[tuple[str, PythonSource]]) -> None:
        self._sources: dict[object, int] = {}
        self._functions: dict[object, FilePart] = {}
        for path, source in sources:
            file = self._sources[source] = numbers[path]
            if source.is_decoded:
                self._functions.update((function, (file, number)) for function, number in numbered(source))

    def of(self, read: object) -> FilePart | None:
        """What is kept of it; None for what is of no file of the repository as it is now."""
        if isinstance(read, tuple):
            source, name = read
            file = self._sources.get(source)
            return None if file is None else (file, name)
        file = self._sources.get(read)
        return self._functions.get(read) if file is None else (file, STATEMENTS)


_RESULT = msgspec.msgpack.Decoder(RuleResult)
