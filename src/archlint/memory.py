"""What rules said in the run before, as long as nothing has changed that was read before they spoke.

Rules are asked in groups; each group reads its own `Service`. What a rule of a group says depends at most on
what the group has read when the rule has spoken (`readings`), so a rule is kept with two numbers: how far
into the group's code, and how far into its documents. Where the first change lies behind these, the rule
would say the same. `docs/decisions/speed.md` says more.
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
from archlint.answers import Read as FileRead
from archlint.answers import look
from archlint.discover import Repository
from archlint.facts.differences import STATEMENTS, Difference, numbered
from archlint.facts.moves import Moves
from archlint.facts.source import PythonSource
from archlint.facts.store import Facts
from archlint.findings import Location
from archlint.readings import Read
from archlint.said import Said, moved
from archlint.user_cache import put, sweep

SUFFIX = ".memory"
_MAGIC = b"archlint memory 1\n"
_MOST = 32

Part = tuple[int, int | str]
"""What was read of a Python file: the file's number, and a part as `Difference` knows it."""


class _Kept(Struct, frozen=True, array_like=True, gc=False):
    """What a rule said, encoded, after so much code and so many documents had been read."""

    after_code: int
    after_documents: int
    said: bytes


class _Group(Struct, frozen=True, array_like=True, gc=False):
    """What a group has read, in order, and what its rules said then, by service and name."""

    code: list[Part]
    documents: list[str]
    kept: dict[str, _Kept]


class _File(Struct, frozen=True, array_like=True, gc=False):
    """A run: `code` has the digest of each Python file by number, `documents` stamp and digest by path."""

    key: str
    files: list[str]
    code: list[bytes]
    documents: dict[str, tuple[str, str]]
    groups: dict[str, _Group]


class Memory:
    """What the run before has left under a name and a key, for this run and the next.

    `read` is what was read before the rules of any group are asked. Without a folder nothing is kept.
    """

    def __init__(
        self, folder: Path | None, name: str, key: str, repository: Repository, facts: Facts, read: Read
    ) -> None:
        self._repository, self._facts, self._read = repository, facts, read
        self._key = key
        self._path = None if folder is None else folder / f"{name}{SUFFIX}"
        before = _load(self._path, key)
        self._changes = _Changes(before, repository, facts)
        groups = before.groups if before else {}
        self._groups = {name: _Remembered(group, self._changes) for name, group in groups.items()}
        self._asked: _Remembered | None = None

    def begin(self, group: str) -> None:
        """Ask the rules of a group from now on."""
        remembered = self._groups.setdefault(group, _Remembered(_Group([], [], {}), self._changes))
        if self._asked is not remembered:
            self._end()
            readings.begin(self._read)
            self._asked = remembered

    def recall(self, symbol: Callable[[Location], str], *names: str) -> Said | None:
        """What a rule would say that is kept under one of these; None where it has to be asked.

        `symbol` tells the definition at a place.
        """
        found = (group.said(name, symbol) for name in names for group in self._groups.values())
        return next((one for one in found if one is not None), None)

    def keep(self, name: str, said: Said) -> None:
        """Keep what a rule of the group has said just now."""
        if self._asked is not None:
            self._asked.keep(name, msgspec.msgpack.encode(said))

    def is_as_before(self, name: str, find: Callable[[], str]) -> bool:
        """Whether `find`, which reads what the group reads, finds what it has found in the run before."""
        assert self._asked is not None
        if self._asked.recall(name) is not None:
            return True
        found = msgspec.msgpack.encode(find())
        self._asked.keep(name, found)
        return self._asked.told(name) == found

    def forget(self, group: str) -> None:
        """Take nothing that this group's rules said before."""
        self._groups.pop(group, None)

    def _end(self) -> None:
        if self._asked is not None:
            self._asked.read = readings.so_far()

    def save(self) -> None:
        """Leave it to the next run; where nothing can be written, nothing is."""
        if self._path is None:
            return
        self._end()
        numbers = {path: number for number, path in enumerate(self._facts)}
        names = _Names(numbers, self._facts.decoded())
        groups = {name: group.packed(names) for name, group in self._groups.items()}
        reads = self._repository.reads.files
        documents = {path for group in groups.values() for path in group.documents}
        found = {path: reads.get(f"{self._repository.root}/{path}", _UNREAD) for path in documents}
        packed = msgspec.msgpack.encode(
            _File(
                self._key,
                list(numbers),
                [self._facts.digests.get(path, b"") for path in numbers],
                {path: (read.stamp, read.digest) for path, read in found.items()},
                groups,
            )
        )
        with suppress(OSError):
            put(self._path, _MAGIC + zlib.crc32(packed).to_bytes(4, "little") + packed)
            sweep(str(self._path.parent), SUFFIX, _MOST)


_UNREAD = FileRead("", "", "")


class _Remembered:
    """A group's rules: what still holds of the run before, and what was said in this one."""

    def __init__(self, group: _Group, changes: _Changes) -> None:
        self._group, self._changes = group, changes
        self._code = changes.first_code(group.code)
        self._documents = changes.first_document(group.documents)
        self._held: dict[str, _Kept] = {}
        self._moved: dict[int, Moves] = {}
        self._said: dict[str, tuple[int, int, bytes]] = {}
        self.read = Read()

    def told(self, name: str) -> bytes | None:
        """What was said in the run before, whether it holds or not."""
        kept = self._group.kept.get(name)
        return None if kept is None else kept.said

    def recall(self, name: str) -> bytes | None:
        """What would be found; None where something has changed that was read before it was found."""
        kept = self._group.kept.get(name)
        if kept is None or kept.after_code > self._code or kept.after_documents > self._documents:
            return None
        self._held[name] = kept
        return kept.said

    def said(self, name: str, symbol: Callable[[Location], str]) -> Said | None:
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
                parts = (part for read, part in self._group.code[: self._code] if read == file)
                self._moved[file] = self._changes.moves(file, parts)
        return {self._changes.files[file]: self._moved[file] for file in files}

    def keep(self, name: str, said: bytes) -> None:
        """Keep what was said now that this much was read."""
        self._said[name] = len(readings.code), len(readings.documents), said

    def packed(self, names: _Names) -> _Group:
        """What was read in order, that of the run before first, as far as it has not changed."""
        code = dict.fromkeys(self._group.code[: self._code])
        after_code = list(_lengths(code, map(names.of, self.read.code)))
        documents = dict.fromkeys(self._group.documents[: self._documents])
        after_documents = list(_lengths(documents, self.read.documents))
        said = {
            name: _Kept(after_code[read], after_documents[told], packed)
            for name, (read, told, packed) in self._said.items()
        }
        return _Group(list(code), list(documents), self._held | said)


def _lengths(known: dict[Part, None] | dict[str, None], read: Iterable[Part | str | None]) -> Iterator[int]:
    """How long the list of what is known has become before each thing that was read, and at the end."""
    for one in read:
        yield len(known)
        if one is not None:
            known[one] = None  # type: ignore[index]
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
        changed = (at for at, (file, part) in enumerate(read) if self._has_changed(file, part))
        return next(changed, len(read))

    def first_document(self, read: Sequence[str]) -> int:
        """How many documents were read before the first one that has changed."""
        changed = (at for at, path in enumerate(read) if not self._is_same(path))
        return next(changed, len(read))

    def _has_changed(self, file: int, part: int | str) -> bool:
        if file not in self._differences:
            return False
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


def _difference(facts: Facts, path: str, digest: bytes) -> Difference | None:
    """What differs in a file; None where that cannot be told, so that all of it does."""
    old, new = facts.earlier(digest), facts.get(path)
    if old is None or not isinstance(new, PythonSource):
        return None
    return Difference(old, new)


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
_SAID = msgspec.msgpack.Decoder(Said)
