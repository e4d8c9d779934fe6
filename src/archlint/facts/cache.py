"""Facts kept from run to run: for each repository a file of blobs, which are decoded when asked for.

The file lies in the user's cache folder, not in the repository: what a repository can commit could lie
about its code. It is written whole and put in place in one step, so that concurrent runs and killed
processes leave an old file or a new one, and a file with anything wrong in it counts as empty.
"""

from __future__ import annotations

import hashlib
import importlib.util
import os
import sys
import time
import zlib
from collections.abc import Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import msgspec

from archlint import __version__
from archlint.user_cache import put

_MAGIC = b"archlint facts 2\n"
_EDITED = ".edited"
_EDITED_SHARE = 8
_CLOCK_GRAIN = 2_000_000_000
_UNUSED = 30 * 24 * 3600


class Stamp(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """What tells an unchanged file without reading it, as git's index does."""

    size: int
    modified: int
    changed: int
    inode: int

    @classmethod
    def of(cls, status: os.stat_result) -> Stamp:
        """The stamp of a file."""
        return cls(status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino)

    def is_settled(self) -> bool:
        """Whether a change from now on must show in the stamp: one within the clock's grain might not."""
        return max(self.modified, self.changed) + _CLOCK_GRAIN < time.time_ns()


class CachedBlob(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """Where a content's facts lie behind the index, with their CRC-32."""

    start: int
    length: int
    checksum: int


class CacheIndex(msgspec.Struct, array_like=True):
    """The head of a file: each path's digest, with its stamp if that tells changes, and the blobs.

    Of one of edited files, `beside` is the name of that of all, which has the other blobs.
    """

    reader: str
    files: dict[str, tuple[Stamp | None, bytes]]
    blobs: dict[bytes, CachedBlob]
    beside: str = ""


class Cache:
    """The facts that an earlier run left, read-only: in a file of all, and one of what was edited since."""

    def __init__(self, every: CacheFile, edited: CacheFile | None = None) -> None:
        self.every = every
        self._edited = edited
        self.files = (edited or every).index.files
        self.whole: dict[bytes, int] = {}
        """The checksums of the facts that were asked for and found to be undamaged."""

    def blob(self, digest: bytes) -> memoryview | None:
        """The encoded facts of a content; None when they are missing or damaged."""
        kept = self._edited if self._edited and digest in self._edited.index.blobs else self.every
        found = kept.index.blobs.get(digest)
        if found is None:
            return None
        blob = kept.blobs[found.start : found.start + found.length]
        if zlib.crc32(blob) != found.checksum:
            return None
        self.whole[digest] = found.checksum
        return blob


class CacheFile(msgspec.Struct, frozen=True):
    """A file of the cache; `name` tells its index from others."""

    name: str
    index: CacheIndex
    blobs: memoryview


EMPTY = Cache(CacheFile("", CacheIndex("", {}, {}), memoryview(b"")))


def load(folder: Path | None, root: Path) -> Cache:
    """What is kept for the repository at `root`; an empty cache when there is none, or a broken one."""
    every = None if folder is None else _read(_file(folder, root))
    if folder is None or every is None:
        return EMPTY
    edited = _read(_file(folder, root, _EDITED))
    return Cache(every, edited if edited and edited.index.beside == every.name else None)


def _read(path: Path) -> CacheFile | None:
    try:
        data = memoryview(path.read_bytes())
        head = len(_MAGIC) + 8
        length, checksum = (int.from_bytes(data[at : at + 4], "little") for at in (head - 8, head - 4))
        packed = data[head : head + length]
        if bytes(data[: len(_MAGIC)]) != _MAGIC or zlib.crc32(packed) != checksum:
            return None
        index = msgspec.msgpack.decode(packed, type=CacheIndex)
    except (OSError, msgspec.MsgspecError):
        return None
    name = hashlib.blake2b(packed, digest_size=16).hexdigest()
    return CacheFile(name, index, data[head + length :]) if index.reader == _reader() else None


def save(
    folder: Path,
    root: Path,
    files: Mapping[str, tuple[Stamp | None, bytes]],
    facts: Mapping[bytes, bytes | memoryview],
    kept: Cache = EMPTY,
) -> None:
    """Keep `facts`, by digest, for the next run; where nothing can be written, nothing is.

    `kept` is the cache that some of them were taken from. What was edited since all facts were written is
    written beside them, until too much of these is of no use any more.
    """
    every = kept.every
    edited = {digest: blob for digest, blob in facts.items() if digest not in every.index.blobs}
    others = {digest: blob.length for digest, blob in every.index.blobs.items() if digest not in facts}
    damaged = any(digest not in kept.whole for digest in facts.keys() - edited.keys())
    is_too_much = sum((*map(len, edited.values()), *others.values())) * _EDITED_SHARE > len(every.blobs)
    with suppress(OSError):
        if damaged or is_too_much:
            _write(_file(folder, root), "", files, facts, kept.whole)
            _sweep(folder)
        else:
            _write(_file(folder, root, _EDITED), every.name, files, edited, kept.whole)
            os.utime(_file(folder, root))


def _write(
    path: Path,
    beside: str,
    files: Mapping[str, tuple[Stamp | None, bytes]],
    facts: Mapping[bytes, bytes | memoryview],
    checksums: Mapping[bytes, int],
) -> None:
    """Raises OSError where nothing can be written."""
    blobs: dict[bytes, CachedBlob] = {}
    start = 0
    for digest, blob in facts.items():
        known = checksums.get(digest)
        blobs[digest] = CachedBlob(start, len(blob), zlib.crc32(blob) if known is None else known)
        start += len(blob)
    packed = msgspec.msgpack.encode(CacheIndex(_reader(), dict(files), blobs, beside))
    numbers = (number.to_bytes(4, "little") for number in (len(packed), zlib.crc32(packed)))
    put(path, b"".join((_MAGIC, *numbers, packed, *facts.values())))


def _file(folder: Path, root: Path, suffix: str = ".facts") -> Path:
    name = hashlib.blake2b(os.fsencode(root), digest_size=12).hexdigest()
    return folder / f"{name}{suffix}"


def _sweep(folder: Path) -> None:
    """Drop what no run has renewed for a month, and what a killed process left."""
    month = time.time() - _UNUSED
    oldest = {
        ".facts": month,
        _EDITED: month,
        ".standard": month,
        ".earlier": month,
        ".memory": month,
        ".tmp": time.time() - 3600,
    }
    for path in folder.iterdir():
        with suppress(OSError):
            if path.stat().st_mtime < oldest.get(path.suffix, 0):
                path.unlink()


READER = (
    *("definitions", "expressions", "fields", "outline", "python", "source"),
    *("statements", "syntax", "traversal", "tree_reader", "type_checking"),
)
"""The modules that facts of Python files depend on: `python` and all that it imports of `archlint.facts`."""


@cache
def _reader() -> str:
    """What reads files, as far as their facts depend on it: archlint, its reader's code, grammar, Python."""
    running = f"{__version__} {sys.byteorder} {sys.version}"
    digest = hashlib.blake2b(running.encode(), digest_size=16)
    for module in READER:
        digest.update(_content(f"archlint.facts.{module}"))
    for module in ("tree_sitter", "tree_sitter_python"):
        spec = importlib.util.find_spec(module)
        status = Path(spec.origin).stat() if spec and spec.origin else None
        digest.update(repr(status and (status.st_size, status.st_mtime_ns)).encode())
    return digest.hexdigest()


def _content(module: str) -> bytes:
    spec = importlib.util.find_spec(module)
    try:
        return Path(spec.origin).read_bytes() if spec and spec.origin else b""
    except OSError:
        return b""
