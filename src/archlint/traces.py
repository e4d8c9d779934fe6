"""What a run read and what its rules said, kept in one file for the next run: see `memory`."""

from __future__ import annotations

import zlib
from contextlib import suppress
from pathlib import Path

import msgspec
from msgspec import Struct

from archlint.user_cache import put, sweep

SUFFIX = ".memory"
_MAGIC = b"archlint memory 4\n"
_MOST = 64

FilePart = tuple[int, int | str]
"""What was read of a Python file: the file's number, and a part as `FileDifference` knows it."""
NAMES = -1
"""The number for parts of the code as a whole: the names that it defines, or knows."""


class KeptResult(Struct, frozen=True, array_like=True, gc=False):
    """What a rule said, encoded, after so much code and so many documents had been read."""

    after_code: int
    after_documents: int
    said: bytes


class GroupTrace(Struct, frozen=True, array_like=True, gc=False):
    """What a group has read in a run, in order, and what its rules said then, by service and name."""

    group: str
    code: list[FilePart]
    documents: list[str]
    kept: dict[str, KeptResult]


class RunTraces(Struct, frozen=True, array_like=True, gc=False):
    """A run: `code` has the digest of each Python file by number, `documents` stamp and digest by path.

    `names` are digests of the names that the repository defines, or knows. Of what was read in part,
    `contents` are kept by path, and by part what an expression `told`.
    """

    key: str
    files: list[str]
    code: list[bytes]
    names: dict[str, str]
    documents: dict[str, tuple[str, str]]
    contents: dict[str, bytes]
    told: dict[str, str]
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
