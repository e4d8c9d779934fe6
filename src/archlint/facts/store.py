"""The facts of many files: from the cache where the content is known, else read."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

import msgspec

from archlint import readings
from archlint.committed import CommittedRepository
from archlint.discover import Repository, UnreadableFileError
from archlint.facts.cache import Cache, Stamp, load, save
from archlint.facts.reading import Unreadable, read_contents
from archlint.facts.source import PythonSource
from archlint.overlay import OverlaidRepository

__all__ = ["Facts", "Unreadable", "read_facts"]

Encoded: TypeAlias = bytes | memoryview


class Facts(Mapping[str, PythonSource | Unreadable]):
    """The facts of each path, decoded when first asked for; `digests` are those of the contents."""

    def __init__(
        self, encoded: Mapping[str, Encoded | Unreadable], digests: Mapping[str, bytes], kept: Cache
    ) -> None:
        self._encoded = encoded
        self.digests = digests
        self._kept = kept
        self._decoded: dict[str, PythonSource | Unreadable] = {}
        self._decoder = msgspec.msgpack.Decoder(PythonSource)

    def __getitem__(self, path: str) -> PythonSource | Unreadable:
        found = self._decoded.get(path)
        if found is None:
            encoded = self._encoded[path]
            found = encoded if isinstance(encoded, Unreadable) else self._decoder.decode(encoded)
            self._decoded[path] = found
        return found

    @cached_property
    def names(self) -> Mapping[str, frozenset[str]]:
        """The names that these files define, and those that stand for others, by how `readings` know them."""
        return names_of(one for one in self.values() if isinstance(one, PythonSource))

    @property
    def unreadable(self) -> dict[str, str]:
        """The paths of the files without facts, with the reasons."""
        return {path: it.reason for path, it in self._encoded.items() if isinstance(it, Unreadable)}

    def of(self, paths: Sequence[str]) -> Facts | None:
        """The facts of some of these files, as they were read; None where others are asked for, too.

        Other files define other names, so what was found out of these ones stays behind.
        """
        if paths == list(self._encoded):
            return self
        if not self._encoded.keys() >= set(paths):
            return None
        digests = {path: self.digests[path] for path in paths if path in self.digests}
        return Facts({path: self._encoded[path] for path in paths}, digests, self._kept)

    def decoded(self) -> Iterator[tuple[str, PythonSource]]:
        """The facts that somebody asked for."""
        return ((path, found) for path, found in self._decoded.items() if isinstance(found, PythonSource))

    def earlier(self, digest: bytes) -> PythonSource | None:
        """The facts of a content that the run before this one read; None where they are not kept."""
        blob = self._kept.blob(digest)
        return None if blob is None else self._decoder.decode(blob)

    def is_speaking(self, path: str, words: Iterable[str]) -> bool:
        """Whether one of these words is in what is kept of a file, in whatever place."""
        encoded = self._encoded[path]
        return not isinstance(encoded, Unreadable) and _has_one(encoded, words)

    def was_speaking(self, digest: bytes, words: Iterable[str]) -> bool:
        """The same of a content that the run before this one read; True where it is not kept."""
        blob = self._kept.blob(digest)
        return blob is None or _has_one(blob, words)

    def __iter__(self) -> Iterator[str]:
        return iter(self._encoded)

    def __len__(self) -> int:
        return len(self._encoded)


def _has_one(encoded: Encoded, words: Iterable[str]) -> bool:
    text = bytes(encoded)
    return any(word.encode("utf-8", "surrogateescape") in text for word in words)


def names_of(sources: Iterable[PythonSource]) -> dict[str, frozenset[str]]:
    """The names that these define, and those that only stand for others, by how `readings` know them."""
    sources = tuple(sources)
    defined = frozenset().union(*(one.defined for one in sources))
    return {readings.DEFINED: defined, readings.KNOWN: defined.union(*(one.aliases for one in sources))}


def read_facts(repository: Repository, paths: Iterable[str], cache_dir: Path | None) -> Facts:
    """The facts of the Python files at `paths`, in their order.

    A file that cannot be read gives an Unreadable. Whatever is wrong with the cache costs time, no more.
    """
    survey: _Survey
    home = repository.root
    if isinstance(repository, CommittedRepository):
        home = repository.root / ".git"  # kept apart: each file holds what its last run used, no more
        kept = load(cache_dir, home)
        survey = _CommittedSurvey(repository, kept, load(cache_dir, repository.root))
    elif isinstance(repository, OverlaidRepository):
        survey = _OverlaidSurvey(repository, kept := load(cache_dir, home))
        cache_dir = None  # what is only tried is not kept
    else:
        survey = _Survey(repository, kept := load(cache_dir, home))
    with readings.unnoticed():
        files = {path: survey.identify(path) for path in paths}
    read = dict(zip(survey.unknown, read_contents(tuple(survey.unknown.values())), strict=True))
    facts: dict[bytes, Encoded | Unreadable] = {**survey.known, **read}
    if cache_dir is not None and (read or survey.stamps != kept.files):
        good = {digest: blob for digest, blob in facts.items() if not isinstance(blob, Unreadable)}
        save(cache_dir, home, survey.stamps, good, kept)
    encoded = {path: facts[it] if isinstance(it, bytes) else it for path, it in files.items()}
    return Facts(encoded, {path: it for path, it in files.items() if isinstance(it, bytes)}, kept)


class _Survey:
    """Which content each file has, and which of the contents are not in the cache."""

    def __init__(self, repository: Repository, kept: Cache) -> None:
        self._repository = repository
        self._root = str(repository.root)
        self._kept = kept
        self.stamps: dict[str, tuple[Stamp | None, bytes]] = {}
        self.known: dict[bytes, memoryview] = {}
        self.unknown: dict[bytes, bytes] = {}

    def identify(self, path: str) -> bytes | Unreadable:
        """The digest of a file's content, from the file only when its stamp does not tell."""
        try:
            place = f"{self._root}/{path}"
            status = os.stat(place)  # noqa: PTH116 (a Path for each file of a large repository is slow)
            stamp = Stamp.of(status)
            settled = stamp.is_settled()
            kept_stamp, digest = self._kept.files.get(path, (None, b""))
            if kept_stamp != stamp or not self._knows(digest):
                digest = self._read(path)
        except UnreadableFileError as error:
            return Unreadable(error.reason)
        except OSError as error:
            return Unreadable(error.strerror or str(error))
        self._repository.reads.note(place, digest.hex(), status)
        self.stamps[path] = (stamp if settled else None, digest)
        return digest

    def _read(self, path: str) -> bytes:
        data = self._repository.read_bytes(path)
        digest = hashlib.blake2b(data, digest_size=16).digest()
        if not self._knows(digest):
            self.unknown[digest] = data
        return digest

    def _knows(self, digest: bytes) -> bool:
        if digest not in self.known and (blob := self._kept.blob(digest)) is not None:
            self.known[digest] = blob
        return digest in self.known


class _OverlaidSurvey(_Survey):
    """Files of which the disk has other contents, whose stamps tell nothing."""

    def __init__(self, repository: OverlaidRepository, kept: Cache) -> None:
        super().__init__(repository, kept)
        self._contents = repository.contents

    def identify(self, path: str) -> bytes | Unreadable:
        """The digest of a file's content."""
        return self._read(path) if path in self._contents else super().identify(path)


class _CommittedSurvey(_Survey):
    """A commit's files, whose contents git has named: only one that is new here is read at all.

    What the working tree has in the same form is taken from its facts.
    """

    def __init__(self, repository: CommittedRepository, kept: Cache, checked_out: Cache) -> None:
        super().__init__(repository, kept)
        self._blobs = repository.blobs
        self._checked_out = checked_out

    def identify(self, path: str) -> bytes | Unreadable:
        """The digest of a file's content, by the name that git gave that."""
        oid = self._blobs[path].oid
        _, digest = self._kept.files.get(oid, (None, b""))
        try:
            if not self._knows(digest):
                digest = self._read(path)
        except UnreadableFileError as error:
            return Unreadable(error.reason)
        self.stamps[oid] = (None, digest)
        return digest

    def _knows(self, digest: bytes) -> bool:
        if super()._knows(digest):
            return True
        if (blob := self._checked_out.blob(digest)) is not None:
            self.known[digest] = blob
        return digest in self.known
