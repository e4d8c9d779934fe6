"""What rules said in runs before, as long as nothing has changed that was read before they spoke.

Rules are asked in groups; each group reads its own `Service`. What a rule of a group says depends at most on
what the group has read in that run when the rule has spoken (`readings`), which is the run's trace. A rule is
kept with its trace and two numbers, how far into the code, and how far into the documents. Where the first
change lies behind these, the rule would say the same, and stays with the trace; a run adds one trace for what
it has to ask. `docs/decisions/speed.md` says more.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from archlint import readings
from archlint.answers import FileRead, look
from archlint.discover import Repository
from archlint.facts.differences import STATEMENTS, FileDifference, numbered
from archlint.facts.moves import Moves
from archlint.facts.source import PythonSource
from archlint.facts.store import Facts
from archlint.findings import Location
from archlint.readings import Readings
from archlint.said import RuleResult, moved
from archlint.user_cache import put, sweep

SUFFIX = ".memory"
_MAGIC = b"archlint memory 2\n"
_MOST = 32
_MOST_TRACES = 16

Part = tuple[int, int | str]
"""What was read of a Python file: the file's number, and a part as `FileDifference` knows it."""


class _Kept(Struct, frozen=True, array_like=True, gc=False):
    """What a rule said, encoded, after so much code and so many documents had been read."""

    after_code: int
    after_documents: int
    said: bytes


class _Trace(Struct, frozen=True, array_like=True, gc=False):
    """What a group has read in a run, in order, and what its rules said then, by service and name."""

    group: str
    code: list[Part]
    documents: list[str]
    kept: dict[str, _Kept]


class _File(Struct, frozen=True, array_like=True, gc=False):
    """A run: `code` has the digest of each Python file by number, `documents` stamp and digest by path."""

    key: str
    files: list[str]
    code: list[bytes]
    documents: dict[str, tuple[str, str]]
    traces: list[_Trace]


class Memory:
    """What the run before has left under a name and a key, for this run and the next.

    `read` is what was read before the rules of any group are asked. Without a folder nothing is kept.
    """

    def __init__(
        self, folder: Path | None, name: str, key: str, repository: Repository, facts: Facts, read: Readings
    ) -> None:
        self._repository, self._facts, self._read = repository, facts, read
        self._key = key
        self._path = None if folder is None else folder / f"{name}{SUFFIX}"
        before = _load(self._path, key)
        self._changes = _Changes(before, repository, facts)
        self._remembered = [_Remembered(one, self._changes) for one in (before.traces if before else ())]
        self._asked: dict[str, _Asked] = {}
        self._now: _Asked | None = None

    def begin(self, group: str) -> None:
        """Ask the rules of a group from now on."""
        asked = self._asked.setdefault(group, _Asked(group))
        if self._now is not asked:
            self._end()
            readings.begin(self._read)
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
        if self._path is None:
            return
        self._end()
        numbers = {path: number for number, path in enumerate(self._facts)}
        names = _Names(numbers, self._facts.decoded())
        traces = [one.packed(names) for one in self._asked.values()]
        traces += [one.packed() for one in self._remembered]
        traces = sorted((one for one in traces if one.kept), key=lambda one: -len(one.kept))[:_MOST_TRACES]
        reads = self._repository.reads.files
        documents = {path for trace in traces for path in trace.documents}
        found = {path: reads.get(f"{self._repository.root}/{path}", _UNREAD) for path in documents}
        packed = msgspec.msgpack.encode(
            _File(
                self._key,
                list(numbers),
                [self._facts.digests.get(path, b"") for path in numbers],
                {path: (read.stamp, read.digest) for path, read in found.items()},
                traces,
            )
        )
        with suppress(OSError):
            put(self._path, _MAGIC + zlib.crc32(packed).to_bytes(4, "little") + packed)
            sweep(str(self._path.parent), SUFFIX, _MOST)


_UNREAD = FileRead("", "", "")


class _Remembered:
    """The rules of a trace: what of it still holds."""

    def __init__(self, trace: _Trace, changes: _Changes) -> None:
        self._trace, self._changes = trace, changes
        self.group = trace.group
        self._code = changes.first_code(trace.code)
        self._documents = changes.first_document(trace.documents)
        self._held: dict[str, _Kept] = {}
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
        said = _SAID.decode(packed)
        named = [number for number, path in self._changes.edited.items() if path in packed]
        if not named:
            return said
        found = moved(said, self._moves(named), symbol)
        kept = self._held.pop(name)
        if found is not None:
            self._held[name] = replace(kept, said=msgspec.msgpack.encode(found))
        return found

    def _moves(self, files: Iterable[int]) -> dict[str, Moves]:
        """Where places are now, as what has not changed of what the group has read tells."""
        for file in files:
            if file not in self._moved:
                parts = (part for read, part in self._trace.code[: self._code] if read == file)
                self._moved[file] = self._changes.moves(file, parts)
        return {self._changes.files[file]: self._moved[file] for file in files}

    def packed(self) -> _Trace:
        """What holds, with as much of the trace as that needs."""
        code = max((one.after_code for one in self._held.values()), default=0)
        documents = max((one.after_documents for one in self._held.values()), default=0)
        return _Trace(self.group, self._trace.code[:code], self._trace.documents[:documents], self._held)


class _Asked:
    """The rules of a group that are asked in this run; `read` is what they have read in the end."""

    def __init__(self, group: str) -> None:
        self.group = group
        self.read = Readings()
        self._said: dict[str, tuple[int, int, bytes]] = {}

    def keep(self, name: str, said: bytes) -> None:
        """Keep what was said now that this much was read."""
        self._said[name] = len(readings.code), len(readings.documents), said

    def packed(self, names: _Names) -> _Trace:
        """What was read, in order."""
        code: dict[Part, None] = {}
        after_code = list(_lengths(code, map(names.of, self.read.code)))
        said = {
            name: _Kept(after_code[read], told, packed) for name, (read, told, packed) in self._said.items()
        }
        return _Trace(self.group, list(code), list(self.read.documents), said)


def _lengths(known: dict[Part, None], read: Iterable[Part | None]) -> Iterator[int]:
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
        self._functions: dict[object, Part] = {}
        for path, source in sources:
            file = self._sources[source] = numbers[path]
            if source.is_decoded:
                self._functions.update((function, (file, number)) for function, number in numbered(source))

    def of(self, read: object) -> Part | None:
        """What is kept of it; None for what is of no file of the repository as it is now."""
        if isinstance(read, tuple):
            source, name = read
            file = self._sources.get(source)
            return None if file is None else (file, name)
        file = self._sources.get(read)
        return self._functions.get(read) if file is None else (file, STATEMENTS)


class _Changes:
    """What has changed since the run before."""

    def __init__(self, before: _File | None, repository: Repository, facts: Facts) -> None:
        self._repository = repository
        self._documents = before.documents if before else {}
        self.files = before.files if before else []
        digests = zip(before.files, before.code, strict=True) if before else ()
        self._differences = {
            number: _difference(facts, path, digest)
            for number, (path, digest) in enumerate(digests)
            if facts.digests.get(path, b"") != digest or not digest
        }
        self.edited = {number: os.fsencode(self.files[number]) for number in self._differences}

    def moves(self, file: int, parts: Iterable[int | str]) -> Moves:
        """Where the places of an edited file are now, as these of its parts tell, which have not changed."""
        return Moves(self._differences[file], parts)

    def first_code(self, read: Sequence[Part]) -> int:
        """How much was read before the first thing that has changed."""
        changed = self._differences
        at = (at for at, (file, part) in enumerate(read) if file in changed and self._has_changed(file, part))
        return next(at, len(read))

    def first_document(self, read: Sequence[str]) -> int:
        """How many documents were read before the first one that has changed."""
        changed = (at for at, path in enumerate(read) if not self._is_same(path))
        return next(changed, len(read))

    def _has_changed(self, file: int, part: int | str) -> bool:
        difference = self._differences[file]
        return difference is None or difference.is_in(part)

    def _is_same(self, path: str) -> bool:
        """Whether a document is as it was; whoever is told so has read it, too."""
        stamp, digest = self._documents[path]
        place = f"{self._repository.root}/{path}"
        reads = self._repository.reads.files
        if place not in reads and stamp and digest and look("stamp", place) == stamp:
            reads[place] = FileRead(stamp, digest, place)
        if place not in reads:
            with readings.unnoticed(), suppress(OSError):
                self._repository.read_bytes(path)
        return reads[place].digest == digest and (bool(digest) or not self._repository.has(path))


def _difference(facts: Facts, path: str, digest: bytes) -> FileDifference | None:
    """What differs in a file; None where that cannot be told, so that all of it does."""
    old, new = facts.earlier(digest), facts.get(path)
    if old is None or not isinstance(new, PythonSource):
        return None
    return FileDifference(old, new)


def _load(path: Path | None, key: str) -> _File | None:
    if path is None:
        return None
    try:
        data = path.read_bytes()
        packed = data[len(_MAGIC) + 4 :]
        if data[: len(_MAGIC) + 4] != _MAGIC + zlib.crc32(packed).to_bytes(4, "little"):
            return None
        found = _FILE.decode(packed)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.key == key else None


_FILE = msgspec.msgpack.Decoder(_File)
_SAID = msgspec.msgpack.Decoder(RuleResult)
