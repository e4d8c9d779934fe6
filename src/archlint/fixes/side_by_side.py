"""Works on several things at once, each in a copy of this process, which has read all that they need.

A copy gives back at its end whatever memory its work took.
"""

from __future__ import annotations

import os
import sys
from collections import deque
from collections.abc import Callable, Sequence
from typing import TypeVar

import msgspec

_T = TypeVar("_T")
_MOST = 4
"""Each copy needs as much memory as the first run did."""


def worked_on(tasks: Sequence[Callable[[], _T]], answers: msgspec.msgpack.Decoder[_T]) -> list[_T]:
    """What each of the tasks gives, which msgspec can encode, and `answers` decode.

    What a copy does not bring home, and all where there can be no copies, is done here.
    """
    if not _can_copy():
        return [task() for task in tasks]
    packed: dict[int, bytes] = {}
    running: deque[tuple[int, int, int]] = deque()
    for at, task in enumerate(tasks):
        if len(running) == min(_processors(), _MOST):
            _end(packed, *running.popleft())
        running.append((at, *_begin(task)))
    while running:
        _end(packed, *running.popleft())
    return [answers.decode(packed[at]) if at in packed else task() for at, task in enumerate(tasks)]


def _can_copy() -> bool:
    """Not on Windows, nor on macOS, whose system libraries may not survive it.

    That is said by the documentation of Python's `multiprocessing`, "Contexts and start methods".
    """
    return hasattr(os, "fork") and sys.platform != "darwin"


def _processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _begin(task: Callable[[], object]) -> tuple[int, int]:
    """The process that works on the task, and where to read its answer."""
    reading, writing = os.pipe()
    process = os.fork()
    if process:
        os.close(writing)
        return process, reading
    code = 1
    try:
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(msgspec.msgpack.encode(task()))
        code = 0
    finally:
        os._exit(code)  # whatever else this process has begun belongs to the first one


def _end(packed: dict[int, bytes], at: int, process: int, reading: int) -> None:
    """Take what a copy has answered, unless it broke."""
    with os.fdopen(reading, "rb") as pipe:
        written = pipe.read()
    _, status = os.waitpid(process, 0)
    if not status:
        packed[at] = written
