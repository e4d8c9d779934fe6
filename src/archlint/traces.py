"""What a run read and what its rules said, kept in one file for the next run: see `memory`."""

from __future__ import annotations

import zlib
from array import array
from collections.abc import Container, Iterable, Iterator, Sequence
from contextlib import suppress
from itertools import chain
from pathlib import Path

import msgspec
from msgspec import Struct

from archlint.user_cache import put, sweep

SUFFIX = ".memory"
_MAGIC = b"archlint memory 7\n"
_MOST = 64

FilePart = tuple[int, int | str]
"""What was read of a Python file: the file's number, and a part as `FileDifference` knows it."""


class PartTable:
    """The numbers of parts, under which traces keep them."""

    def __init__(self, parts: Iterable[int | str] = ()) -> None:
        self._numbers = {part: number for number, part in enumerate(parts)}

    def packed(self, read: Iterable[FilePart]) -> bytes:
        """Parts of files in their order, eight bytes each."""
        numbers = self._numbers
        pairs = ((file, numbers.setdefault(part, len(numbers))) for file, part in read)
        return array("i", chain.from_iterable(pairs)).tobytes()

    def __iter__(self) -> Iterator[int | str]:
        return iter(self._numbers)


class CodeRead:
    """What was read of Python files, in order: as `PartTable` has packed it, with the parts by number."""

    def __init__(self, packed: bytes, parts: Sequence[int | str]) -> None:
        self._packed, self._parts = packed, parts
        numbers = memoryview(packed).cast("i")
        self._files, self._numbers = numbers[::2].tolist(), numbers[1::2]

    def __len__(self) -> int:
        return len(self._files)

    def of(self, files: Container[int]) -> Iterator[tuple[int, FilePart]]:
        """What was read of some files, each with how much was read before."""
        for at, file in enumerate(self._files):
            if file in files:
                yield at, (file, self._parts[self._numbers[at]])

    def first(self, length: int) -> Iterator[FilePart]:
        """So much of it."""
        for file, number in zip(self._files[:length], self._numbers[:length], strict=True):
            yield file, self._parts[number]

    def packed(self, length: int) -> bytes:
        """So much of it, packed."""
        return self._packed[: length * 8]


class KeptResult(Struct, frozen=True, array_like=True, gc=False):
    """What a rule said, encoded, after so much code and so many documents had been read."""

    after_code: int
    after_documents: int
    said: bytes


class GroupTrace(Struct, frozen=True, array_like=True, gc=False):
    """What a group has read in a run, in order, and what its rules said then, by service and name.

    `code` is a packed `CodeRead`.
    """

    group: str
    code: bytes
    documents: list[str]
    kept: dict[str, KeptResult]


class RunTraces(Struct, frozen=True, array_like=True, gc=False):
    """A run: `code` has the digest of each Python file by number, `documents` stamp and digest by path.

    `parts` are those that traces keep by number.
    `decided` are the parameters that calls decide. Of what was read in part, `contents` are kept by path, and
    by part what an expression `told`.
    """

    key: str
    files: list[str]
    code: list[bytes]
    decided: list[str]
    documents: dict[str, tuple[str, str]]
    contents: dict[str, bytes]
    told: dict[str, str]
    parts: list[int | str]
    traces: list[GroupTrace]


def load(path: Path | None, key: str) -> RunTraces | None:
    """What is kept at a path under a key; None where nothing is, or something is wrong with it."""
    if path is None:
        return None
    try:
        data = path.read_bytes()
        packed = data[len(_MAGIC) + 4 :]
        if data[: len(_MAGIC) + 4] != _MAGIC + zlib.crc32(packed).to_bytes(4, "little"):
            return None
        found = _RUN.decode(packed)
    except (OSError, msgspec.MsgspecError):
        return None
    return found if found.key == key else None


def save(path: Path, run: RunTraces) -> None:
    """Keep a run; where nothing can be written, nothing is."""
    head = len(_MAGIC) + 4
    data = bytearray(head)
    _ENCODER.encode_into(run, data, head)
    data[:head] = _MAGIC + zlib.crc32(memoryview(data)[head:]).to_bytes(4, "little")
    with suppress(OSError):
        put(path, data)
        sweep(str(path.parent), SUFFIX, _MOST)


_ENCODER = msgspec.msgpack.Encoder()
_RUN = msgspec.msgpack.Decoder(RunTraces)
