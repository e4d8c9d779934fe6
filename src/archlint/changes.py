"""What has changed since the run before, of what its rules have read: see `memory`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from contextlib import suppress
from functools import cache, cached_property

from archlint import readings
from archlint.answers import FileRead, look
from archlint.discover import Repository
from archlint.document_differences import DocumentDifference
from archlint.documents import MAX_COMPARED, found_in, told
from archlint.facts.differences import FileDifference
from archlint.facts.moves import Moves
from archlint.facts.source import PythonSource
from archlint.facts.store import Facts, names_of
from archlint.traces import CodeRead, FilePart, RunTraces

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
        self.decided = frozenset(before.decided if before else ())
        self.edited_documents: dict[str, DocumentDifference] = {}
        self.files = before.files if before else []
        digests = zip(before.files, before.code, strict=True) if before else ()
        changed = {
            number: (path, old)
            for number, (path, old) in enumerate(digests)
            if facts.digests.get(path, b"") != old or not old
        }
        self.edited = {number: os.fsencode(path) for number, (path, _) in changed.items()}
        self._names = _Names(facts, dict(changed.values()), self.decided)
        self._speaking = self._names.speaking(self.files)
        self._differences = {
            number: self._names.difference(self.files[number])
            for number in self.edited.keys() | self._speaking
        }

    def moves(self, file: int, parts: Iterable[int | str]) -> Moves:
        """Where the places of an edited file are now, as these of its parts tell, which have not changed."""
        difference = self._differences[file]
        return Moves(difference, (one for one in parts if difference is None or not difference.is_in(one)))

    def first_code(self, read: CodeRead) -> int:
        """How much was read before the first thing that has changed."""
        found = read.of(self._differences.keys())
        return next((at for at, (file, part) in found if self._has_changed(file, part)), len(read))

    def renumbered(self, read: CodeRead, length: int) -> Iterator[FilePart] | None:
        """So much of what was read, by the numbers of now; None where these are the same."""
        differences = {file: self._differences[file] for file in self.edited}
        if all(one is None or one.is_numbered_alike for one in differences.values()):
            return None
        return (
            (file, part if (one := differences.get(file)) is None else one.renumbered(part))
            for file, part in read.first(length)
        )

    def first_document(self, read: Sequence[str]) -> int:
        """How many parts of documents were read before the first one that has changed."""
        changed = (at for at, part in enumerate(read) if not self._tells_the_same(part))
        return next(changed, len(read))

    def _has_changed(self, file: int, part: int | str) -> bool:
        difference = self._differences[file]
        if difference is None or not difference.is_in(part):
            return difference is None
        if isinstance(part, int) or file in self._speaking:
            return True
        return not self._is_alike(self.files[file], part, difference)

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


class _Names:
    """What the repository defines, or knows, in both states, and what that changes in files."""

    def __init__(self, facts: Facts, edited: Mapping[str, bytes], decided: frozenset[str]) -> None:
        """`edited` are the digests that the files had whose content is another one now."""
        self._facts, self._digests, self._decided = facts, edited, decided
        self._edited = {path: facts.earlier(old) for path, old in edited.items()}
        self._now = self._with_decided(facts.names)
        self._before = self._now if self._are_the_same() else self._with_decided(self._earlier())

    def speaking(self, files: Sequence[str]) -> set[int]:
        """The numbers of the files that had a name which was not defined, or known, before, or is not now."""
        names = {name for kind, found in self._now.items() for name in found ^ self._before[kind]}
        all_files = enumerate(files) if names or self._is_any_lost else ()
        return {number for number, path in all_files if self._is_any_lost or self._was_speaking(path, names)}

    def difference(self, path: str) -> FileDifference | None:
        """What differs in a file; None where that cannot be told, so that all of it does."""
        new = self._facts.get(path)
        old = self._edited.get(path, new)
        if not isinstance(old, PythonSource) or not isinstance(new, PythonSource) or self._is_any_lost:
            return None
        return FileDifference(old, new, self._now, self._before)

    def _are_the_same(self) -> bool:
        """Whether no file that was edited tells that a name came or went."""
        pairs = ((old, self._facts.get(path)) for path, old in self._edited.items())
        return all(
            (set(old.defined), set(old.aliases)) == (set(new.defined), set(new.aliases))
            for old, new in pairs
            if old is not None and isinstance(new, PythonSource)
        )

    @cached_property
    def _is_any_lost(self) -> bool:
        """Whether nobody knows what a file had said, so that nobody knows which names there were."""
        return any(
            old is None and isinstance(self._facts.get(path), PythonSource)
            for path, old in self._edited.items()
        )

    def _earlier(self) -> Mapping[str, frozenset[str]]:
        found = (self._edited.get(path, one) for path, one in self._facts.items())
        return names_of(one for one in found if isinstance(one, PythonSource))

    def _with_decided(self, names: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
        return {**names, readings.DECIDED: names.get(readings.DEFINED, frozenset()) | self._decided}

    def _was_speaking(self, path: str, names: Set[str]) -> bool:
        if path in self._digests:
            return self._facts.was_speaking(self._digests[path], names)
        return self._facts.is_speaking(path, names)
