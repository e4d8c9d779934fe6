"""Turns contents of Python files into encoded facts, by as many processes as pay."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO

import msgspec

MAX_SOURCE_SIZE = 2_000_000
"""A larger file is generated data, and the facts of it would be as large again."""

_SHARE = 700_000
"""So many bytes are read in the time that another process takes to start (docs/benchmarks.md)."""

_MAX_PROCESSES = 8

_CPU_MAX = Path("/sys/fs/cgroup/cpu.max")

# Nothing but what this process imports from: neither the working directory, which is the scanned
# repository's, nor the environment may decide what the other process runs.
_WORKER = "import sys; sys.path[:] = sys.argv[1:]; from archlint.facts.reading import serve; serve()"


class Unreadable(msgspec.Struct, frozen=True, gc=False):
    """Why a file has no facts, for BA0001."""

    reason: str


def read_contents(contents: Sequence[bytes]) -> list[bytes | Unreadable]:
    """The encoded facts of each content, in order."""
    total = sum(map(len, contents))
    processes = min(_processors(), 1 + total // _SHARE, _MAX_PROCESSES)
    if processes < 2 or not sys.executable or getattr(sys, "frozen", False):
        return [read_content(data) for data in contents]
    by_size = sorted(range(len(contents)), key=lambda index: -len(contents[index]))
    shares = [by_size[start::processes] for start in range(processes)]
    read: dict[int, bytes | Unreadable] = {}
    with ExitStack() as stack:
        workers = [stack.enter_context(_worker([contents[i] for i in share])) for share in shares[1:]]
        read |= {index: read_content(contents[index]) for index in shares[0]}
        for share, worker in zip(shares[1:], workers, strict=True):
            read |= zip(share, _answers(worker) or [read_content(contents[i]) for i in share], strict=True)
    return [read[index] for index in range(len(contents))]


def read_content(data: bytes) -> bytes | Unreadable:
    """The facts of one content as msgpack."""
    from archlint.facts.python import UndecodableError, read_python

    if b"\0" in data:
        return Unreadable("it contains null bytes, so it is no Python source")
    if len(data) > MAX_SOURCE_SIZE:
        return Unreadable(f"it is larger than {MAX_SOURCE_SIZE:,} bytes")
    try:
        return msgspec.msgpack.encode(read_python(data))
    except UndecodableError as error:
        return Unreadable(str(error))
    except RecursionError:
        return Unreadable("it is nested too deeply")
    except UnicodeEncodeError:
        return Unreadable("it contains lone surrogates, so it is no text")


def serve() -> None:
    """The worker's end: contents come on standard input, what `read_content` says goes to standard output."""
    contents = _CONTENTS.decode(sys.stdin.buffer.read())
    sys.stdout.buffer.write(msgspec.msgpack.encode([read_content(data) for data in contents]))


_CONTENTS = msgspec.msgpack.Decoder(list[bytes])
_ANSWERS = msgspec.msgpack.Decoder(list[bytes | Unreadable])


@contextmanager
def _worker(contents: list[bytes]) -> Iterator[IO[bytes] | None]:
    """What a process says that reads `contents`; None when none starts. It never outlives the block."""
    command = [sys.executable, "-I", "-S", "-c", _WORKER, *sys.path]
    try:
        process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
    except OSError:
        yield None
        return
    assert process.stdin is not None
    try:
        with suppress(OSError), process.stdin as pipe:  # a worker that died leaves no answer
            pipe.write(msgspec.msgpack.encode(contents))
        yield process.stdout
    finally:
        process.kill()
        with process:
            pass


def _answers(output: IO[bytes] | None) -> list[bytes | Unreadable]:
    """What a worker read; nothing when it failed."""
    try:
        return _ANSWERS.decode(output.read()) if output else []
    except msgspec.MsgspecError:
        return []


def _processors() -> int:
    """How many processors this process may use: a container may share many, and have the time of one."""
    affinity = getattr(os, "sched_getaffinity", None)
    there = len(affinity(0)) if affinity else os.cpu_count() or 1
    return min(there, _quota() or there)


def _quota() -> int:
    """How many processors' time the control group grants, at least one; 0 where it grants all.

    The file says microseconds of each period, or `max`
    (https://docs.kernel.org/admin-guide/cgroup-v2.html#cpu-interface-files).
    """
    try:
        granted, period = _CPU_MAX.read_text("ascii").split()
        return max(int(granted) // int(period), 1)
    except (OSError, ValueError, ArithmeticError):
        return 0
