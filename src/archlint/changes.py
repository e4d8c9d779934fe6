"""What has changed since the run before, of what its rules have read: see `memory`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cache

from archlint import readings
from archlint.answers import FileRead, digest, look
from archlint.discover import Repository
from archlint.document_differences import DocumentDifference
from archlint.documents import MAX_COMPARED, found_in, told
from archlint.facts.differences import FileDifference
from archlint.facts.moves import Moves
from archlint.facts.source import PythonSource
from archlint.facts.store import Facts
from archlint.traces import NAMES, CodeRead, RunTraces

_UNREAD = FileRead("", "", "")


class ReadChanges:
    """What has changed since the run before."""

    def __init__(
        self,
        before: RunTraces | None,
        repository: Repository,
        facts: Facts,
        is_alike: Callable[[str, str, FileDifference], bool] = lambda path, part, difference: False,
    ) -> None:
        """`is_alike` tells whether a part of a file does the same though it says something else."""
        self._repository = repository
        self._is_alike = cache(is_alike)
        self._documents = before.documents if before else {}
        self._contents = before.contents if before else {}
        self._told = before.told if before else {}
        self._same: dict[str, bool] = {}  # documents, and parts of those that are not
        self.names = {names: _digest(found) for names, found in facts.names.items()}
        earlier = before.names if before else self.names
        self._renamed = {one for one in self.names if earlier.get(one) != self.names[one]}
        self.decided = frozenset(before.decided if before else ())
        defined = facts.names.get(readings.DEFINED, frozenset())
        names = {**facts.names, readings.DECIDED: defined | self.decided}
        self.edited_documents: dict[str, DocumentDifference] = {}
        self.files = before.files if before else []
        digests = zip(before.files, before.code, strict=True) if before else ()
        self._differences = {
            number: _difference(facts, path, old, names)
            for number, (path, old) in enumerate(digests)
            if facts.digests.get(path, b"") != old or not old
        }
        self.edited = {number: os.fsencode(self.files[number]) for number in self._differences}

    def moves(self, file: int, parts: Iterable[int | str]) -> Moves:
        """Where the places of an edited file are now, as these of its parts tell, which have not changed."""
        difference = self._differences[file]
        return Moves(difference, (one for one in parts if difference is None or not difference.is_in(one)))

    def first_code(self, read: CodeRead) -> int:
        """How much was read before the first thing that has changed."""
        changed = self._differences.keys() | ({NAMES} if self._renamed else ())
        at = (number for number, (file, part) in read.of(changed) if self._has_changed(file, part))
        return next(at, len(read))

    def first_document(self, read: Sequence[str]) -> int:
        """How many parts of documents were read before the first one that has changed."""
        changed = (at for at, part in enumerate(read) if not self._tells_the_same(part))
        return next(changed, len(read))

    def _has_changed(self, file: int, part: int | str) -> bool:
        if file == NAMES:
            return part in self._renamed
        difference = self._differences[file]
        if difference is None or not difference.is_in(part):
            return difference is None
        return isinstance(part, int) or not self._is_alike(self.files[file], part, difference)

    def _tells_the_same(self, part: str) -> bool:
        """Whether a part of a document says what it said; whoever is told so has read it, too."""
        path = part.partition("\0")[0]
        if part not in self._same and part == path:
            self._same[path] = self._is_same(path)
        elif part not in self._same:
            self._same[part] = self._tells_the_same(path) or self._is_kept(path, part)
        return self._same[part]

    def _is_kept(self, path: str, part: str) -> bool:
        """Whether another content of a document says the same of a part."""
        new = self._content(path)
        if new is None:
            return False
        if (pattern := readings.pattern_of(part)) is not None:
            self._repository.reads.told[part] = found = told(found_in(new, pattern))
            return found == self._told.get(part)
        old = self._contents.get(path)
        if old is None:
            return False
        if path not in self.edited_documents:
            self._repository.reads.contents[path] = new
            self.edited_documents[path] = DocumentDifference(path, old, new)
        return not self.edited_documents[path].is_in(part)

    def _content(self, path: str) -> bytes | None:
        """A document as it is now; None where it cannot be read, or is too large to be compared."""
        with readings.unnoticed(), suppress(OSError):
            found = self._repository.read_bytes(path) if self._repository.has(path) else None
            return found if found is not None and len(found) <= MAX_COMPARED else None
        return None

    def _is_same(self, path: str) -> bool:
        """Whether a document is as it was."""
        stamp, old = self._documents[path]
        place = f"{self._repository.root}/{path}"
        reads = self._repository.reads.files
        if place not in reads and stamp and old and look("stamp", place) == stamp:
            reads[place] = FileRead(stamp, old, place)
        if place not in reads:
            with readings.unnoticed(), suppress(OSError):
                self._repository.read_bytes(path)
        return reads[place].digest == old and (bool(old) or not self._repository.has(path))

    def read(
        self, parts: Iterable[str]
    ) -> tuple[dict[str, tuple[str, str]], dict[str, bytes], dict[str, str]]:
        """What is kept of these parts of documents, which this run has read, or has found as they were."""
        reads = self._repository.reads
        paths = {part.partition("\0")[0] for part in parts}
        found = {path: reads.files.get(f"{self._repository.root}/{path}", _UNREAD) for path in paths}
        same = {path for path in self._same if self._same[path]}
        contents = {path: data for path, data in self._contents.items() if path in same} | reads.contents
        told = {part: it for part, it in self._told.items() if part.partition("\0")[0] in same} | reads.told
        return (
            {path: (read.stamp, read.digest) for path, read in found.items()},
            {path: data for path, data in contents.items() if path in paths},
            {part: it for part, it in told.items() if part in parts},
        )


def _difference(
    facts: Facts, path: str, digest: bytes, names: Mapping[str, frozenset[str]]
) -> FileDifference | None:
    """What differs in a file; None where that cannot be told, so that all of it does."""
    old, new = facts.earlier(digest), facts.get(path)
    if old is None or not isinstance(new, PythonSource):
        return None
    return FileDifference(old, new, names)


def _digest(names: frozenset[str]) -> str:
    return digest("\0".join(sorted(names)).encode("utf-8", "surrogateescape"))
